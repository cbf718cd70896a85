/**
 * What the engine takes of the package: by these names, so that a bundle that holds everything leaves out the rest of it.
 * @module
 */
export { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar, stringify, visit } from "yaml";
