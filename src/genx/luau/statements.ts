import { compoundOperators, rewriteCompound } from "./compound.ts";
import { type Cursor, describe } from "./cursor.ts";
import type { Dialect } from "./expressions.ts";
import { Expressions } from "./expressions.ts";
import type { Helpers } from "./helpers.ts";
import { rewriteRepeat } from "./repeat.ts";
import { type Declaration, FunctionScope, type Loop } from "./scope.ts";

/** Statements and blocks: the translation's upper half. */
export class Statements {
  readonly #cursor: Cursor;
  readonly #helpers: Helpers;
  readonly #expressions: Expressions;
  readonly #notes: Dialect["notes"];
  readonly #scopes: FunctionScope[] = [];
  /** Declarations at the top of each open block. */
  readonly #declarations: Declaration[][] = [];
  #loops = 0;

  constructor(cursor: Cursor, helpers: Helpers, dialect: Dialect) {
    this.#cursor = cursor;
    this.#helpers = helpers;
    this.#notes = dialect.notes;
    this.#expressions = new Expressions(cursor, helpers, {
      scopes: this.#scopes,
      dialect,
      body: (scope) => this.#function(scope),
    });
  }

  /** The whole text. */
  chunk(): void {
    this.#function(new FunctionScope(true));
    if (this.#cursor.current.kind !== "end") this.#cursor.fail(`unexpected ${describe(this.#cursor.current)}`);
  }

  #function(scope: FunctionScope): void {
    this.#scopes.push(scope);
    this.#block();
    this.#scopes.pop();
  }

  #block(): Declaration[] {
    const cursor = this.#cursor;
    const declarations: Declaration[] = [];
    this.#declarations.push(declarations);
    while (!this.#endsBlock()) {
      if (cursor.is("(") && this.#expressions.endsChanged) cursor.current.out = ";(";
      if (cursor.accept("return")) {
        if (!this.#endsBlock() && !cursor.is(";")) this.#expressions.list();
        cursor.accept(";");
        break;
      }
      this.#statement();
    }
    this.#declarations.pop();
    return declarations;
  }

  #endsBlock(): boolean {
    const cursor = this.#cursor;
    return (
      cursor.current.kind === "end" ||
      cursor.is("end") ||
      cursor.is("else") ||
      cursor.is("elseif") ||
      cursor.is("until")
    );
  }

  #statement(): void {
    const cursor = this.#cursor;
    this.#expressions.attributes();
    if (cursor.accept(";")) return;
    if (cursor.is("if")) {
      this.#if();
      return;
    }
    if (cursor.accept("while")) {
      this.#expressions.expression();
      this.#loop();
      return;
    }
    if (cursor.accept("do")) {
      cursor.nest(() => this.#block());
      cursor.want("end", " to close 'do'");
      return;
    }
    if (cursor.accept("for")) {
      this.#for();
      return;
    }
    if (cursor.is("repeat")) {
      this.#repeat();
      return;
    }
    if (cursor.is("function")) {
      this.#functionStatement();
      return;
    }
    if (cursor.is("local")) {
      this.#local();
      return;
    }
    if (cursor.is("break")) {
      if (this.#scopes.at(-1)?.loops.length === 0) cursor.fail("break outside a loop");
      cursor.take();
      return;
    }
    if (cursor.accept("::")) {
      cursor.name("a name of a label");
      cursor.want("::", " to close the label");
      return;
    }
    this.#expressionStatement();
  }

  #if(): void {
    const cursor = this.#cursor;
    do {
      cursor.take();
      this.#expressions.expression();
      cursor.want("then", " of 'if'");
      cursor.nest(() => this.#block());
    } while (cursor.is("elseif"));
    if (cursor.accept("else")) cursor.nest(() => this.#block());
    cursor.want("end", " to close 'if'");
  }

  #openLoop(): Loop {
    const loop: Loop = { continues: [], label: `${this.#helpers.prefix}_continue${++this.#loops}` };
    this.#scopes.at(-1)?.loops.push(loop);
    return loop;
  }

  /** `do … end` of a `for` or a `while`. */
  #loop(): void {
    const cursor = this.#cursor;
    const start = cursor.want("do", " of the loop");
    const loop = this.#openLoop();
    cursor.nest(() => this.#block());
    this.#scopes.at(-1)?.loops.pop();
    const end = cursor.want("end", " to close the loop");
    if (loop.continues.length === 0) return;
    start.out = "do do";
    end.out = `end ::${loop.label}:: end`;
  }

  #for(): void {
    const cursor = this.#cursor;
    this.#binding();
    if (cursor.accept("=")) {
      this.#expressions.expression();
      cursor.want(",", " behind the first value of 'for'");
      this.#expressions.expression();
      if (cursor.accept(",")) this.#expressions.expression();
      this.#loop();
      return;
    }
    while (cursor.accept(",")) this.#binding();
    cursor.want("in", " of 'for'");
    const first = cursor.at;
    this.#expressions.list();
    const named = cursor.tokens[first]?.text;
    if (named !== "pairs" && named !== "ipairs") {
      const token = cursor.peek(first - cursor.at);
      token.out = `${this.#helpers.use("iterate")}(${token.out}`;
      cursor.last.out += ")";
    }
    this.#loop();
  }

  /** A name of a variable with its type. */
  #binding(): { readonly name: string; readonly type: string | undefined } {
    const name = this.#cursor.name("a name of a variable");
    this.#expressions.rename(name);
    return { name: name.text, type: this.#expressions.types.annotation() };
  }

  #repeat(): void {
    const cursor = this.#cursor;
    const start = cursor.take();
    const loop = this.#openLoop();
    const declarations = cursor.nest(() => this.#block());
    this.#scopes.at(-1)?.loops.pop();
    const until = cursor.want("until", " to close 'repeat'");
    const known = this.#expressions.reads.length;
    this.#expressions.expression();
    if (loop.continues.length === 0) return;
    const reads = this.#expressions.reads.slice(known);
    rewriteRepeat({ cursor, start, until, loop, declarations, reads });
  }

  #functionStatement(): void {
    const cursor = this.#cursor;
    const word = cursor.take();
    this.#expressions.rename(cursor.name("a name of a function"));
    let method = false;
    while (!method && (cursor.is(".") || cursor.is(":"))) {
      const mark = cursor.take();
      method = mark.text === ":";
      const name = cursor.name("a name of a function");
      if (name.text !== "goto") continue;
      if (!cursor.is("(") && !cursor.is("<")) {
        mark.out = "";
        name.out = '["goto"]';
        continue;
      }
      // Lua's function statement takes words only: `function t.goto(x)` is said as an assignment.
      word.out = "";
      mark.out = "";
      name.out = '["goto"]=function';
      const open = this.#openingParenthesis();
      if (method) open.out = cursor.tokens[cursor.tokens.indexOf(open) + 1]?.text === ")" ? "(self" : "(self,";
    }
    this.#expressions.body();
  }

  #openingParenthesis() {
    const { tokens, at } = this.#cursor;
    const open = tokens.find((token, i) => i >= at && token.kind === "symbol" && token.text === "(");
    return open ?? this.#cursor.fail("expected '(' to begin the parameters");
  }

  /** `local …`, and `const …` whose word has been read as a name. */
  #local(keyword = this.#cursor.at): void {
    const cursor = this.#cursor;
    if (cursor.at === keyword) cursor.take();
    this.#expressions.attributes();
    const word = cursor.peek(keyword - cursor.at);
    const constant = word.text === "const";
    if (constant) word.out = "local";
    if (cursor.accept("function")) {
      const name = cursor.name("a name of a function");
      this.#expressions.rename(name);
      this.#declare({ names: [name.text], keyword, end: cursor.at, kind: "function" });
      this.#expressions.body();
      return;
    }
    const names: string[] = [];
    const types: (string | undefined)[] = [];
    do {
      const { name, type } = this.#binding();
      names.push(name);
      if (constant) cursor.last.out += "<const>";
      types.push(this.#attribute() ?? type);
    } while (cursor.accept(","));
    this.#notes?.locals(word.line, types);
    const end = cursor.at;
    this.#expressions.changed();
    const values = cursor.accept("=");
    if (values) this.#expressions.list();
    this.#declare({ names, keyword, end, kind: values ? "values" : "nothing" });
  }

  #attribute(): string | undefined {
    const cursor = this.#cursor;
    if (!cursor.is("<") || !cursor.isName(undefined, 1) || !cursor.is(">", 2)) return undefined;
    for (let i = 0; i < 3; i++) cursor.take();
    // Lua wants the attribute behind the name; the type, which is gone, may stand on either side of it.
    return this.#expressions.types.annotation();
  }

  #declare(declaration: Declaration): void {
    this.#declarations.at(-1)?.push(declaration);
  }

  /** A call, an assignment, or one of the statements whose first word is a name. */
  #expressionStatement(): void {
    const cursor = this.#cursor;
    const start = cursor.at;
    const { text } = cursor.current;
    if (!cursor.isName() && !cursor.is("(")) cursor.fail(`unexpected ${describe(cursor.current)}`);
    const target = this.#expressions.suffixed();
    if (target.kind === "name" && this.#contextual(text, start)) return;
    if (compoundOperators.has(cursor.current.text) && cursor.current.kind === "symbol") {
      rewriteCompound({ cursor, target, start, prefix: this.#helpers.prefix, expressions: this.#expressions });
      return;
    }
    let last = target;
    let targets = 1;
    for (; cursor.accept(","); targets++) {
      this.#assignable(last.kind);
      last = this.#expressions.suffixed();
    }
    if (cursor.is("=")) {
      this.#assignable(last.kind);
      cursor.take();
      this.#expressions.list();
      return;
    }
    if (targets > 1 || target.kind !== "call") {
      cursor.fail(`expected a call or an assignment, got ${describe(cursor.current)}`);
    }
  }

  #assignable(kind: string): void {
    if (kind === "call" || kind === "parentheses") this.#cursor.fail("cannot assign to a call or to parentheses");
  }

  /** Words that only begin a statement where nothing else can be meant. The word has been read. */
  #contextual(word: string, start: number): boolean {
    const cursor = this.#cursor;
    if (cursor.is("=") || cursor.is(",") || compoundOperators.has(cursor.current.text)) return false;
    switch (word) {
      case "continue":
        this.#continue(start);
        return true;
      case "goto":
        if (!cursor.isName()) return false;
        (cursor.tokens[start] as { out: string }).out = "goto";
        cursor.take();
        return true;
      case "const":
        if (!cursor.isName() && !cursor.is("function")) return false;
        this.#local(start);
        return true;
      case "export":
        if (!cursor.isName("type")) return false;
        cursor.take();
        this.#alias(start);
        return true;
      case "type":
        if (!cursor.isName() && !cursor.is("function")) return false;
        this.#alias(start);
        return true;
      default:
        return false;
    }
  }

  #continue(start: number): void {
    const cursor = this.#cursor;
    const loop = this.#scopes.at(-1)?.loops.at(-1);
    const token = cursor.peek(start - cursor.at);
    if (loop === undefined) {
      cursor.fail("continue outside a loop", token);
      return;
    }
    loop.continues.push(start);
    token.out = `goto ${loop.label}`;
    this.#expressions.changed();
  }

  /** `type Name<…> = T` or `type function name(…) … end`; erased. */
  #alias(start: number): void {
    const cursor = this.#cursor;
    if (cursor.accept("function")) {
      cursor.name("a name of a type function");
      this.#expressions.body();
    } else {
      const { types } = this.#expressions;
      const name = cursor.name("a name of a type").text;
      const generics = cursor.is("<") ? types.generics() : [];
      cursor.want("=", " of the type");
      const { line = 1 } = cursor.tokens[start] ?? {};
      const said = types.tableOrType();
      this.#notes?.alias(line, { name, generics, ...said });
    }
    cursor.erase(start);
    this.#expressions.changed();
  }
}
