/**
 * Regular expressions in linear time. The package is a file of its own, loaded where somebody has an expression to run.
 */
export type Re2 = typeof import("re2js");
