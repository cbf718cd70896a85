import { expressionError, type Token, tokenize } from "./lexer.ts";

/** An expression, taken apart. */
export type Node =
  | { readonly is: "value"; readonly value: unknown }
  | { readonly is: "name"; readonly name: string }
  | { readonly is: "item" }
  | { readonly is: "list"; readonly items: readonly Node[] }
  | { readonly is: "map"; readonly pairs: readonly (readonly [Node, Node])[] }
  | { readonly is: "unary"; readonly operator: string; readonly on: Node }
  | { readonly is: "binary"; readonly operator: string; readonly left: Node; readonly right: Node }
  | { readonly is: "condition"; readonly test: Node; readonly then: Node; readonly otherwise: Node }
  | { readonly is: "member"; readonly of: Node; readonly key: Node; readonly optional: boolean }
  | { readonly is: "slice"; readonly of: Node; readonly from?: Node | undefined; readonly to?: Node | undefined }
  | { readonly is: "call"; readonly name: string; readonly args: readonly Node[]; readonly at: number }
  | { readonly is: "let"; readonly name: string; readonly value: Node; readonly body: Node };

const longest = 10_000;
const deepest = 100;
const levels: ReadonlyArray<readonly string[]> = [
  ["??"],
  ["||", "or"],
  ["&&", "and"],
  ["==", "!="],
  ["<", ">", "<=", ">=", "in", "not in", "contains", "startsWith", "endsWith", "matches"],
  [".."],
  ["+", "-"],
  ["*", "/", "%"],
];
const words: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null, null: null };

/** @throws Error named ExpressionError */
export function parse(source: string): Node {
  if (source.length > longest) throw expressionError(`an expression has at most ${longest} characters`);
  return new Parser(tokenize(source)).whole();
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Node {
    const node = this.#expression();
    if (this.#current.kind !== "end") this.#unexpected();
    return node;
  }

  get #current(): Token {
    return this.tokens[this.#at] as Token;
  }

  #is(text: string): boolean {
    return this.#current.text === text && (this.#current.kind === "symbol" || this.#current.kind === "name");
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #want(text: string): void {
    if (!this.#accept(text)) this.#unexpected(`'${text}' is expected, not `);
  }

  #unexpected(lead = "unexpected "): never {
    throw expressionError(`${lead}'${this.#current.text}' at ${this.#current.at + 1}`);
  }

  #name(): string {
    if (this.#current.kind !== "name") this.#unexpected("a name is expected, not ");
    return this.tokens[this.#at++]?.text ?? "";
  }

  #expression(): Node {
    if (++this.#depth > deepest) throw expressionError(`an expression is at most ${deepest} levels deep`);
    try {
      if (this.#is("let") && this.tokens[this.#at + 1]?.kind === "name") return this.#let();
      const piped = this.#piped(this.#conditional());
      return piped;
    } finally {
      this.#depth--;
    }
  }

  #let(): Node {
    this.#at++;
    const name = this.#name();
    this.#want("=");
    const value = this.#expression();
    this.#want(";");
    return { is: "let", name, value, body: this.#expression() };
  }

  /** `x | f(y)` is `f(x, y)`. */
  #piped(first: Node): Node {
    let node = first;
    while (this.#accept("|")) {
      const at = this.#current.at;
      const name = this.#name();
      this.#want("(");
      node = this.#suffixed({ is: "call", name, args: [node, ...this.#list(")")], at });
    }
    return node;
  }

  #conditional(): Node {
    const test = this.#binary(0);
    if (!this.#accept("?")) return test;
    const then = this.#expression();
    this.#want(":");
    return { is: "condition", test, then, otherwise: this.#expression() };
  }

  #binary(level: number): Node {
    const operators = levels[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#operator(operators);
      if (operator === undefined) return left;
      left = { is: "binary", operator, left, right: this.#binary(level + 1) };
    }
  }

  #operator(operators: readonly string[]): string | undefined {
    if (this.#is("not") && this.tokens[this.#at + 1]?.text === "in" && operators.includes("not in")) {
      this.#at += 2;
      return "not in";
    }
    return operators.find((each) => this.#accept(each));
  }

  #unary(): Node {
    for (const operator of ["!", "not", "-", "+"]) {
      if (!this.#accept(operator)) continue;
      if (++this.#depth > deepest) throw expressionError(`an expression is at most ${deepest} levels deep`);
      const on = operator === "!" || operator === "not" ? this.#unary() : this.#power(this.#unary());
      this.#depth--;
      return { is: "unary", operator: operator === "not" ? "!" : operator, on };
    }
    return this.#power(this.#suffixed(this.#primary()));
  }

  #power(left: Node): Node {
    return this.#accept("**") || this.#accept("^")
      ? { is: "binary", operator: "**", left, right: this.#unary() }
      : left;
  }

  #primary(): Node {
    const { kind, text, at } = this.#current;
    if (kind === "number") {
      this.#at++;
      return { is: "value", value: Number(text) };
    }
    if (kind === "string") {
      this.#at++;
      return { is: "value", value: text };
    }
    if (kind === "name") {
      this.#at++;
      if (Object.hasOwn(words, text)) return { is: "value", value: words[text] };
      return this.#accept("(") ? { is: "call", name: text, args: this.#list(")"), at } : { is: "name", name: text };
    }
    if (this.#accept("#")) return { is: "item" };
    // `.price` inside a predicate is a member of the item.
    if (this.#is(".")) {
      // Alone it is the item itself.
      if (this.tokens[this.#at + 1]?.kind !== "name") this.#at++;
      return { is: "item" };
    }
    if (this.#accept("(")) {
      const node = this.#expression();
      this.#want(")");
      return node;
    }
    if (this.#accept("[")) return { is: "list", items: this.#list("]") };
    if (this.#accept("{")) return this.#braces();
    return this.#unexpected();
  }

  /** A map, or the predicate of a function: `{ # > 1 }`. */
  #braces(): Node {
    const { kind } = this.#current;
    const isMap =
      this.#is("}") ||
      ((kind === "name" || kind === "string" || kind === "number") && this.tokens[this.#at + 1]?.text === ":") ||
      this.#is("(");
    if (!isMap) {
      const node = this.#expression();
      this.#want("}");
      return node;
    }
    const pairs: [Node, Node][] = [];
    while (!this.#is("}")) {
      const key: Node = this.#accept("(") ? this.#expression() : { is: "value", value: this.tokens[this.#at++]?.text };
      if (this.tokens[this.#at - 1]?.kind === "end") this.#unexpected();
      this.#accept(")");
      this.#want(":");
      pairs.push([key, this.#expression()]);
      if (!this.#accept(",")) break;
    }
    this.#want("}");
    return { is: "map", pairs };
  }

  #list(end: string): Node[] {
    const items: Node[] = [];
    while (!this.#is(end)) {
      items.push(this.#expression());
      if (!this.#accept(",")) break;
    }
    this.#want(end);
    return items;
  }

  #suffixed(first: Node): Node {
    let node = first;
    for (;;) {
      const optional = this.#is("?.");
      if (optional || this.#is(".")) {
        this.#at++;
        if (optional && this.#accept("[")) {
          node = { is: "member", of: node, key: this.#expression(), optional };
          this.#want("]");
        } else node = { is: "member", of: node, key: { is: "value", value: this.#name() }, optional };
      } else if (this.#accept("[")) node = this.#index(node);
      else return node;
    }
  }

  #index(of: Node): Node {
    const from = this.#is(":") ? undefined : this.#expression();
    if (!this.#accept(":")) {
      this.#want("]");
      return { is: "member", of, key: from as Node, optional: false };
    }
    const to = this.#is("]") ? undefined : this.#expression();
    this.#want("]");
    return { is: "slice", of, from, to };
  }
}
