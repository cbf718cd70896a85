import { type Cursor, describe } from "./cursor.ts";

/** Luau's type grammar. It only finds out where a type ends: whoever calls erases it. */
export class Types {
  readonly #cursor: Cursor;
  readonly #expression: () => void;
  readonly #arraySuffix: boolean;

  constructor(cursor: Cursor, options: { expression: () => void; arraySuffix: boolean }) {
    this.#cursor = cursor;
    this.#expression = options.expression;
    this.#arraySuffix = options.arraySuffix;
  }

  /** `: T` behind a name or a parameter list; erased. */
  annotation(): void {
    const cursor = this.#cursor;
    if (!cursor.is(":")) return;
    cursor.erasing(() => {
      cursor.take();
      this.typeOrPack();
    });
  }

  type(): void {
    const cursor = this.#cursor;
    cursor.nest(() => {
      if (cursor.is("|") || cursor.is("&")) cursor.take();
      do this.#suffixed();
      while (cursor.accept("|") || cursor.accept("&"));
    });
  }

  /** What may stand in a list of types: also `...T`, `T...`, `(A, B)`. */
  typeOrPack(): void {
    const cursor = this.#cursor;
    if (cursor.accept("...")) this.type();
    else {
      this.type();
      cursor.accept("...");
    }
  }

  /** `<T, U..., V = string>` behind the name of a function or a type. */
  generics(): void {
    const cursor = this.#cursor;
    cursor.want("<");
    while (!cursor.is(">")) {
      cursor.name("a name of a type");
      cursor.accept("...");
      if (cursor.accept("=")) this.typeOrPack();
      if (!cursor.accept(",")) break;
    }
    cursor.wantClosingAngle();
  }

  /** `<A, B>` behind a type, `<<A, B>>` behind a function (the caller takes the outer pair). */
  typeArguments(): void {
    const cursor = this.#cursor;
    cursor.want("<");
    while (!cursor.is(">")) {
      this.typeOrPack();
      if (!cursor.accept(",")) break;
    }
    cursor.wantClosingAngle();
  }

  #suffixed(): void {
    const cursor = this.#cursor;
    this.#atom();
    for (;;) {
      if (cursor.accept("?")) continue;
      if (!this.#arraySuffix || !cursor.is("[") || !cursor.is("]", 1)) return;
      cursor.take();
      cursor.take();
    }
  }

  #atom(): void {
    const cursor = this.#cursor;
    const { kind } = cursor.current;
    if (cursor.is("<")) {
      this.generics();
      if (!cursor.is("(")) cursor.fail(`expected '(' of a function type, got ${describe(cursor.current)}`);
      this.#function(true);
      return;
    }
    if (cursor.is("(")) {
      this.#function(false);
      return;
    }
    if (cursor.is("{")) {
      this.#table();
      return;
    }
    if (kind === "string" || kind === "template" || cursor.is("nil") || cursor.is("true") || cursor.is("false")) {
      cursor.take();
      return;
    }
    if (cursor.isName("typeof") && cursor.is("(", 1)) {
      cursor.take();
      cursor.take();
      this.#expression();
      cursor.want(")");
      return;
    }
    cursor.name("a type");
    while (cursor.accept(".")) cursor.name("a name of a type");
    if (cursor.is("<")) this.typeArguments();
  }

  /** `(A, b: B, ...C) -> R`, or a type or pack in parentheses. */
  #function(arrowRequired: boolean): void {
    const cursor = this.#cursor;
    cursor.want("(");
    while (!cursor.is(")")) {
      if (cursor.isName() && cursor.is(":", 1)) {
        cursor.take();
        cursor.take();
      }
      this.typeOrPack();
      if (!cursor.accept(",")) break;
    }
    cursor.want(")");
    if (cursor.accept("->")) {
      this.typeOrPack();
      return;
    }
    if (arrowRequired) cursor.fail(`expected '->' of a function type, got ${describe(cursor.current)}`);
  }

  #table(): void {
    const cursor = this.#cursor;
    cursor.want("{");
    while (!cursor.is("}")) {
      this.#member();
      if (!cursor.accept(",") && !cursor.accept(";")) break;
    }
    cursor.want("}");
  }

  #member(): void {
    const cursor = this.#cursor;
    if ((cursor.isName("read") || cursor.isName("write")) && (cursor.isName(undefined, 1) || cursor.is("[", 1))) {
      cursor.take();
    }
    if (cursor.accept("[")) {
      this.type();
      cursor.want("]");
      cursor.want(":");
      this.type();
      return;
    }
    if (cursor.isName() && cursor.is(":", 1)) {
      cursor.take();
      cursor.take();
      this.type();
      return;
    }
    if (cursor.isName() && cursor.is("?", 1) && cursor.is(":", 2)) {
      for (let i = 0; i < 3; i++) cursor.take();
      this.type();
      return;
    }
    this.type();
  }
}
