/** A loop that is being read. */
export interface Loop {
  /** The tokens of its `continue` statements. */
  readonly continues: number[];
  readonly label: string;
}

/** A local statement in the block of a `repeat`: its condition may read what it declares. */
export interface Declaration {
  readonly names: readonly string[];
  /** Token of `local` or `const`. */
  readonly keyword: number;
  /** Token behind the last name, annotation and attribute included. */
  readonly end: number;
  readonly kind: "values" | "nothing" | "function";
}

/** The function that is being read; the text itself is the outermost one. */
export class FunctionScope {
  readonly loops: Loop[] = [];
  /** Set where an `…` was read. */
  readsVarargs = false;

  constructor(readonly vararg: boolean) {}
}
