import { type Cursor, describe } from "./cursor.ts";
import type { Helpers } from "./helpers.ts";
import { LualsNotes } from "./luals-notes.ts";
import { FunctionScope } from "./scope.ts";
import { templateToLua } from "./template.ts";
import type { Token } from "./token.ts";
import { Types } from "./types.ts";

/** operator → how strongly it holds what stands left and right of it (Lua 5.4's table). */
const binary: Readonly<Record<string, readonly [left: number, right: number]>> = {
  or: [1, 1],
  and: [2, 2],
  "<": [3, 3],
  ">": [3, 3],
  "<=": [3, 3],
  ">=": [3, 3],
  "~=": [3, 3],
  "==": [3, 3],
  "|": [4, 4],
  "~": [5, 5],
  "&": [6, 6],
  "<<": [7, 7],
  ">>": [7, 7],
  "..": [9, 8],
  "+": [10, 10],
  "-": [10, 10],
  "*": [11, 11],
  "/": [11, 11],
  "//": [11, 11],
  "%": [11, 11],
  "^": [14, 13],
};
const unaryPriority = 12;

/** What a name with its suffixes turned out to be. `split`: the token of its last suffix, −1 when there is none. */
export interface Suffixed {
  readonly kind: "name" | "field" | "index" | "call" | "parentheses";
  readonly split: number;
}

export interface Dialect {
  /** `expr as T` and `T[]`, as the Wippy runtime's Lua has them. */
  readonly wippy: boolean;
  /** Takes what the erased types said. */
  readonly notes?: LualsNotes;
}

/** Expressions: erases casts and type arguments, rewrites what Lua has not. */
export class Expressions {
  readonly types: Types;
  readonly #cursor: Cursor;
  readonly #helpers: Helpers;
  readonly #dialect: Dialect;
  readonly #block: (scope: FunctionScope, method: boolean) => void;
  readonly #scopes: FunctionScope[];
  /** The token behind the last change to the end of an expression. */
  #changedUpTo = -1;
  /** Reads of plain names, for `repeat … until`. */
  readonly reads: { readonly name: string; readonly at: number }[] = [];

  constructor(
    cursor: Cursor,
    helpers: Helpers,
    options: { scopes: FunctionScope[]; dialect: Dialect; body: (scope: FunctionScope, method: boolean) => void },
  ) {
    this.#cursor = cursor;
    this.#helpers = helpers;
    this.#scopes = options.scopes;
    this.#dialect = options.dialect;
    this.#block = options.body;
    this.types = new Types(cursor, { expression: () => this.expression(), arraySuffix: options.dialect.wippy });
  }

  /** Did the text before the current token end in something the translation changed? Then `(` must not be read as its call. */
  get endsChanged(): boolean {
    return this.#changedUpTo === this.#cursor.at;
  }

  changed(): void {
    this.#changedUpTo = this.#cursor.at;
  }

  expression(limit = 0): void {
    const cursor = this.#cursor;
    cursor.nest(() => {
      if (cursor.is("not") || cursor.is("-") || cursor.is("#") || cursor.is("~")) {
        cursor.take();
        this.expression(unaryPriority);
      } else this.#asserted();
      for (;;) {
        const operator = this.#operator();
        const holds = operator === undefined ? undefined : binary[operator];
        if (operator === undefined || holds === undefined || holds[0] <= limit) return;
        for (let i = operator === "<<" || operator === ">>" ? 2 : 1; i > 0; i--) cursor.take();
        this.expression(holds[1]);
      }
    });
  }

  list(): void {
    do this.expression();
    while (this.#cursor.accept(","));
  }

  /** A name or an expression in parentheses, with fields, indices and calls. */
  suffixed(): Suffixed {
    const cursor = this.#cursor;
    const start = cursor.at;
    let kind: Suffixed["kind"] = "name";
    if (cursor.is("(")) {
      cursor.take();
      cursor.nest(() => this.expression());
      cursor.want(")", " to close the parentheses");
      kind = "parentheses";
    } else {
      const token = cursor.name("an expression");
      this.reads.push({ name: token.text, at: start });
      this.rename(token);
    }
    let split = -1;
    for (;;) {
      const at = cursor.at;
      if (cursor.is(".")) {
        cursor.take();
        this.#field(cursor.name("a name of a field"));
        kind = "field";
      } else if (cursor.is("[")) {
        cursor.take();
        this.expression();
        cursor.want("]", " to close the index");
        kind = "index";
      } else if (cursor.is(":")) {
        this.#method(start);
        kind = "call";
      } else if (this.#startsArguments()) {
        this.#arguments();
        kind = "call";
      } else if (this.#typeArguments()) {
        continue;
      } else return { kind, split };
      split = at;
    }
  }

  /** `goto` is a name in Luau and a word in Lua. */
  rename(token: Token): void {
    if (token.text === "goto") token.out = `${this.#helpers.prefix}_goto`;
  }

  /** Parameters and block of a function; the word and the name are read. */
  body(method = false): void {
    const cursor = this.#cursor;
    const { line } = cursor.last;
    let generics: readonly string[] = [];
    if (cursor.is("<")) {
      cursor.erasing(() => {
        generics = this.types.generics();
      });
    }
    cursor.want("(", " to begin the parameters");
    let vararg = false;
    const parameters: [name: string, type: string | undefined][] = [];
    while (!cursor.is(")")) {
      if (cursor.accept("...")) {
        vararg = true;
        parameters.push(["...", this.types.annotation()]);
        break;
      }
      const name = cursor.name("a name of a parameter");
      this.rename(name);
      parameters.push([name.text, this.types.annotation()]);
      if (!cursor.accept(",")) break;
    }
    cursor.want(")", " to close the parameters");
    const results = this.types.annotation();
    this.#dialect.notes?.function(line, { generics, parameters, results });
    cursor.nest(() => this.#block(new FunctionScope(vararg), method));
    cursor.want("end", " to close the function");
  }

  attributes(): void {
    const cursor = this.#cursor;
    if (!cursor.is("@")) return;
    cursor.erasing(() => {
      while (cursor.accept("@")) {
        if (!cursor.accept("[")) {
          cursor.take();
          continue;
        }
        do {
          cursor.name("a name of an attribute");
          if (this.#startsArguments()) this.#arguments();
        } while (cursor.accept(","));
        cursor.want("]", " to close the attribute");
      }
    });
  }

  #operator(): string | undefined {
    const { kind, text } = this.#cursor.current;
    if (kind !== "symbol" && kind !== "keyword") return undefined;
    const twice = (text === "<" || text === ">") && this.#cursor.is(text, 1) && this.#cursor.peek(1).lead === "";
    return twice ? text + text : text;
  }

  /** A simple expression and the cast behind it. */
  #asserted(): void {
    const cursor = this.#cursor;
    this.#simple();
    while (this.#startsCast()) {
      const from = cursor.at;
      cursor.take();
      const type = this.types.type();
      cursor.erase(from);
      if (this.#dialect.notes) cursor.peek(from - cursor.at).out = LualsNotes.cast(type);
      this.changed();
    }
  }

  #startsCast(): boolean {
    const cursor = this.#cursor;
    // `x ::done::` is a label of Lua behind an expression.
    if (cursor.is("::")) return !(cursor.isName(undefined, 1) && cursor.is("::", 2));
    return this.#dialect.wippy && cursor.isName("as");
  }

  #simple(): void {
    const cursor = this.#cursor;
    const { kind } = cursor.current;
    if (kind === "template" || kind === "template-start") {
      this.#template();
      return;
    }
    if (kind === "number" || kind === "string" || cursor.is("nil") || cursor.is("true") || cursor.is("false")) {
      cursor.take();
      return;
    }
    if (cursor.is("...")) {
      const scope = this.#scopes.at(-1);
      if (!scope?.vararg) cursor.fail("cannot use '...' outside a vararg function");
      else scope.readsVarargs = true;
      cursor.take();
      return;
    }
    if (cursor.is("{")) {
      this.#table();
      return;
    }
    if (cursor.is("if")) {
      this.#conditional();
      return;
    }
    this.attributes();
    if (cursor.accept("function")) {
      this.body();
      return;
    }
    if (!cursor.is("(") && !cursor.isName()) cursor.fail(`expected an expression, got ${describe(cursor.current)}`);
    this.suffixed();
  }

  #template(): void {
    const cursor = this.#cursor;
    const pieces = [cursor.take()];
    while (pieces.at(-1)?.kind !== "template" && pieces.at(-1)?.kind !== "template-end") {
      this.expression();
      const { kind } = cursor.current;
      if (kind !== "template-middle" && kind !== "template-end") {
        cursor.fail(`expected '}' to end the expression in an interpolated string, got ${describe(cursor.current)}`);
      }
      pieces.push(cursor.take());
    }
    templateToLua(pieces, pieces.length > 1 ? this.#helpers.use("text") : "");
    this.changed();
  }

  /** `if c then a else b` becomes a call: it evaluates one branch, passes `…` on and gives one value. */
  #conditional(): void {
    const cursor = this.#cursor;
    const scope = this.#scopes.at(-1);
    const before = scope?.readsVarargs ?? false;
    if (scope) scope.readsVarargs = false;
    const start = cursor.take();
    const branch = (): void => {
      this.expression();
      cursor.want("then", " of the if expression").out = "then return(";
      this.expression();
      cursor.last.out += ")";
    };
    branch();
    while (cursor.accept("elseif")) branch();
    cursor.want("else", " of the if expression").out = "else return(";
    this.expression();
    const varargs = scope?.readsVarargs ? "..." : "";
    start.out = `(function(${varargs})if`;
    cursor.last.out += `)end end)(${varargs})`;
    if (scope) scope.readsVarargs ||= before;
    this.changed();
  }

  #table(): void {
    const cursor = this.#cursor;
    cursor.want("{");
    while (!cursor.is("}")) {
      if (cursor.accept("[")) {
        this.expression();
        cursor.want("]", " to close the key");
        cursor.want("=");
        this.expression();
      } else if (cursor.isName() && cursor.is("=", 1)) {
        const key = cursor.take();
        if (key.text === "goto") key.out = '["goto"]';
        cursor.take();
        this.expression();
      } else this.expression();
      if (!cursor.accept(",") && !cursor.accept(";")) break;
    }
    cursor.want("}", " to close the table");
  }

  /** `.name` has been read. */
  #field(token: Token): void {
    if (token.text !== "goto") return;
    this.#cursor.peek(-2).out = "";
    token.out = '["goto"]';
  }

  #method(start: number): void {
    const cursor = this.#cursor;
    const colon = cursor.take();
    const name = cursor.name("a name of a method");
    if (name.text === "goto") {
      const first = cursor.tokens[start] as Token;
      first.out = `${this.#helpers.use("method")}(${first.out}`;
      colon.out = ",";
      name.out = '"goto")';
    }
    this.#typeArguments();
    if (!this.#startsArguments()) {
      cursor.fail(`expected the arguments of a method call, got ${describe(cursor.current)}`);
    }
    this.#arguments();
  }

  /** `<<A, B>>` between a function and its arguments. Two angle brackets may also shift: those have blanks or no call behind them. */
  #typeArguments(): boolean {
    const cursor = this.#cursor;
    if (!cursor.is("<") || !cursor.is("<", 1) || cursor.peek(1).lead !== "" || cursor.current.lead !== "") return false;
    return cursor.attempt(() => {
      const from = cursor.at;
      cursor.take();
      this.types.typeArguments();
      if (!cursor.is(">") || cursor.current.lead !== "") return false;
      cursor.take();
      const { lead } = cursor.current;
      if (!this.#startsArguments() && !cursor.is(":") ? !/\n/.test(lead) && !this.#endsExpression() : lead !== "") {
        return false;
      }
      cursor.erase(from);
      return true;
    });
  }

  /** Could an expression end before the current token? Then `f<<T>>` stands for the function itself. */
  #endsExpression(): boolean {
    const { kind, text } = this.#cursor.current;
    return kind === "end" || [")", ",", "}", "]", ";", "end", "then", "do"].includes(text);
  }

  #startsArguments(): boolean {
    const cursor = this.#cursor;
    return cursor.is("(") || cursor.is("{") || cursor.current.kind === "string";
  }

  #arguments(): void {
    const cursor = this.#cursor;
    if (cursor.is("{")) {
      cursor.nest(() => this.#table());
      return;
    }
    if (!cursor.accept("(")) {
      cursor.take();
      return;
    }
    if (!cursor.is(")")) this.list();
    cursor.want(")", " to close the arguments");
  }
}
