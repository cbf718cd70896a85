import { type Cursor, describe } from "./cursor.ts";

/**
 * Luau's type grammar. Whoever calls erases what was read; each method gives the same type as LuaLS writes it, for
 * `annotations`.
 */
export class Types {
  readonly #cursor: Cursor;
  readonly #expression: () => void;
  readonly #arraySuffix: boolean;

  constructor(cursor: Cursor, options: { expression: () => void; arraySuffix: boolean }) {
    this.#cursor = cursor;
    this.#expression = options.expression;
    this.#arraySuffix = options.arraySuffix;
  }

  /** `: T` behind a name or a parameter list; erased. Nothing when there is none. */
  annotation(): string | undefined {
    const cursor = this.#cursor;
    if (!cursor.is(":")) return undefined;
    let type = "";
    cursor.erasing(() => {
      cursor.take();
      type = this.typeOrPack();
    });
    return type;
  }

  /** LuaLS has no intersections; of a union it offers the members of both sides, too. */
  type(): string {
    const cursor = this.#cursor;
    return cursor.nest(() => {
      if (cursor.is("|") || cursor.is("&")) cursor.take();
      const sides: string[] = [];
      do sides.push(this.#suffixed());
      while (cursor.accept("|") || cursor.accept("&"));
      return sides.length === 1 ? String(sides[0]) : sides.map(grouped).join("|");
    });
  }

  /** What may stand in a list of types: also `...T`, `T...`, `(A, B)`. */
  typeOrPack(): string {
    const cursor = this.#cursor;
    if (cursor.accept("...")) return `${this.type()}...`;
    const type = this.type();
    return cursor.accept("...") ? `${type}...` : type;
  }

  /** `<T, U..., V = string>` behind the name of a function or a type. */
  generics(): string[] {
    const cursor = this.#cursor;
    const names: string[] = [];
    cursor.want("<");
    while (!cursor.is(">")) {
      names.push(cursor.name("a name of a type").text);
      cursor.accept("...");
      if (cursor.accept("=")) this.typeOrPack();
      if (!cursor.accept(",")) break;
    }
    cursor.wantClosingAngle();
    return names;
  }

  /** `<A, B>` behind a type, `<<A, B>>` behind a function (the caller takes the outer pair). */
  typeArguments(): string {
    const cursor = this.#cursor;
    const types: string[] = [];
    cursor.want("<");
    while (!cursor.is(">")) {
      types.push(this.typeOrPack());
      if (!cursor.accept(",")) break;
    }
    cursor.wantClosingAngle();
    return `<${types.join(", ")}>`;
  }

  #suffixed(): string {
    const cursor = this.#cursor;
    let type = this.#atom();
    for (;;) {
      if (cursor.accept("?")) {
        type = `${grouped(type)}?`;
        continue;
      }
      if (!this.#arraySuffix || !cursor.is("[") || !cursor.is("]", 1)) return type;
      cursor.take();
      cursor.take();
      type = `${grouped(type)}[]`;
    }
  }

  #atom(): string {
    const cursor = this.#cursor;
    const { kind, text } = cursor.current;
    if (cursor.is("<")) {
      this.generics();
      if (!cursor.is("(")) cursor.fail(`expected '(' of a function type, got ${describe(cursor.current)}`);
      return this.#function(true);
    }
    if (cursor.is("(")) return this.#function(false);
    if (cursor.is("{")) return this.#table().type;
    if (kind === "string" || kind === "template" || cursor.is("nil") || cursor.is("true") || cursor.is("false")) {
      cursor.take();
      return text;
    }
    if (cursor.isName("typeof") && cursor.is("(", 1)) {
      cursor.take();
      cursor.take();
      this.#expression();
      cursor.want(")");
      return "any";
    }
    let name = cursor.name("a type").text;
    while (cursor.accept(".")) name += `.${cursor.name("a name of a type").text}`;
    return cursor.is("<") ? name + this.typeArguments() : name;
  }

  /** `(A, b: B, ...C) -> R`, or a type or pack in parentheses. */
  #function(arrowRequired: boolean): string {
    const cursor = this.#cursor;
    const names: (string | undefined)[] = [];
    const types: string[] = [];
    cursor.want("(");
    while (!cursor.is(")")) {
      const named = cursor.isName() && cursor.is(":", 1);
      names.push(named ? cursor.take().text : undefined);
      if (named) cursor.take();
      types.push(this.typeOrPack());
      if (!cursor.accept(",")) break;
    }
    cursor.want(")");
    if (cursor.accept("->")) {
      const parameters = types.map((type, i) =>
        type.endsWith("...") ? `...: ${type.slice(0, -3)}` : `${names[i] ?? `_${i + 1}`}: ${type}`,
      );
      const results = this.typeOrPack();
      return `fun(${parameters.join(", ")})${results === "" ? "" : `: ${results}`}`;
    }
    if (arrowRequired) cursor.fail(`expected '->' of a function type, got ${describe(cursor.current)}`);
    return types.join(", ");
  }

  /** A table type; of one with nothing but named fields also these. */
  tableOrType(): { readonly type: string; readonly fields?: readonly string[] } {
    const cursor = this.#cursor;
    if (!cursor.is("{")) return { type: this.typeOrPack() };
    const start = cursor.at;
    const table = this.#table();
    const ends = !["|", "&", "?", "...", "["].some((mark) => cursor.is(mark));
    if (ends) return table;
    cursor.at = start;
    return { type: this.typeOrPack() };
  }

  #table(): { readonly type: string; readonly fields?: readonly string[] } {
    const cursor = this.#cursor;
    const members: string[] = [];
    let named = true;
    cursor.want("{");
    while (!cursor.is("}")) {
      const member = this.#member();
      named &&= /^\w+\??: /.test(member);
      members.push(member);
      if (!cursor.accept(",") && !cursor.accept(";")) break;
    }
    cursor.want("}");
    if (members.length === 0) return { type: "table" };
    const [only = ""] = members;
    const indexed = members.length === 1 ? /^\[(.*?)\]: (.*)$/.exec(only) : null;
    if (indexed) return { type: `table<${indexed[1]}, ${indexed[2]}>` };
    if (!named && members.length === 1) return { type: `${grouped(only)}[]` };
    return { type: `{ ${members.join(", ")} }`, ...(named ? { fields: members } : {}) };
  }

  #member(): string {
    const cursor = this.#cursor;
    if ((cursor.isName("read") || cursor.isName("write")) && (cursor.isName(undefined, 1) || cursor.is("[", 1))) {
      cursor.take();
    }
    if (cursor.accept("[")) {
      const key = this.type();
      cursor.want("]");
      cursor.want(":");
      return `[${key}]: ${this.type()}`;
    }
    if (cursor.isName() && cursor.is(":", 1)) {
      const { text } = cursor.take();
      cursor.take();
      return `${text}: ${this.type()}`;
    }
    if (cursor.isName() && cursor.is("?", 1) && cursor.is(":", 2)) {
      const { text } = cursor.current;
      for (let i = 0; i < 3; i++) cursor.take();
      return `${text}?: ${this.type()}`;
    }
    return this.type();
  }
}

/** A type as a part of a longer one. */
const grouped = (type: string): string =>
  /^fun\(|[|,]/.test(type) && !/^\w[\w.]*<.*>$/.test(type) ? `(${type})` : type;
