/**
 * JSON as a type.
 * @module
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
/**
 * What may stand where JSON goes in: interfaces and optional members as well as {@link JsonObject}, and `unknown`, which is
 * checked when it arrives. Functions, and classes that have some, are not data.
 */
export type JsonInput<T> = unknown extends T
  ? T
  : T extends Json | undefined
    ? T
    : T extends (...args: never[]) => unknown
      ? never
      : { [K in keyof T]: JsonInput<T[K]> };
