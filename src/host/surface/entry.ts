/**
 * What the tables of the surface are made of.
 * @module
 */

/** A function as one line of text: `(path: string, options?: vulcan.fs.RemoveOptions): boolean`. */
export type Signature = `(${string})${string}`;

export interface SurfaceFunction {
  readonly kind: "function";
  /** Below `vulcan`, dotted; for a method the class and the name: `vulcan.io.File:read`. */
  readonly name: string;
  readonly signature: Signature;
  readonly doc: string;
  /** Section of vulcan-api.md, or of the document named. */
  readonly spec: string;
  /** Where it exists; default in both kinds of VM. */
  readonly vm?: "main";
}

export interface SurfaceField {
  readonly kind: "field";
  readonly name: string;
  /** A LuaLS type. `?` at the end: may be nil. */
  readonly type: string;
  readonly doc: string;
  readonly spec: string;
}

/** The shape of a table that is passed or answered. */
export interface SurfaceClass {
  readonly kind: "class";
  readonly name: string;
  readonly doc: string;
  /** Member name (`?` at the end: may be nil) → `type — text`. */
  readonly fields: Readonly<Record<string, string>>;
}

export type SurfaceEntry = SurfaceFunction | SurfaceField | SurfaceClass;

/** Shorthands of the tables, so that one function is one line. */
export const fn = (name: string, signature: Signature, spec: string, doc: string, vm?: "main"): SurfaceFunction => ({
  kind: "function",
  name,
  signature,
  doc,
  spec,
  ...(vm ? { vm } : {}),
});
export const field = (name: string, type: string, spec: string, doc: string): SurfaceField => ({
  kind: "field",
  name,
  type,
  doc,
  spec,
});
export const shape = (name: string, doc: string, fields: Readonly<Record<string, string>>): SurfaceClass => ({
  kind: "class",
  name,
  doc,
  fields,
});
