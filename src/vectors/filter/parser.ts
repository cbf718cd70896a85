/**
 * The grammar of databases.md §13: one boolean expression of the DataFusion subset. A recursive descent parser whose depth
 * and size are bounded, because the text comes from a skill.
 * @module
 */
import type { ArithmeticOperator, CastType, ComparisonOperator, Node } from "./ast.ts";
import { castType } from "./cast-types.ts";
import { FilterError } from "./filter-error.ts";
import { dateLiteral, numberLiteral, timestampLiteral } from "./literals.ts";
import { type Token, tokenize } from "./tokens.ts";

const maxLength = 65_536;
const maxDepth = 200;
/** Operators in one chain such as `a + b + c`, which evaluates as deep as it is long. */
const maxChain = 1000;

const comparisons = new Map<string, ComparisonOperator>([
  ["=", "="],
  ["==", "="],
  ["!=", "!="],
  ["<>", "!="],
  ["<", "<"],
  ["<=", "<="],
  [">", ">"],
  [">=", ">="],
]);
const sums = new Set(["+", "-"]);
const products = new Set(["*", "/", "%", "||"]);
const json = new Set(["->", "->>", "#>", "#>>"]);
const bits = new Set(["&", "|", "^", "~", "<<", ">>"]);
/** Words that cannot be column names unless quoted. */
const reserved = new Set("and or not in is like ilike between escape select case exists from where".split(" "));

/** @throws FilterError */
export function parseFilter(text: string): Node {
  if (text.length > maxLength) {
    throw new FilterError(`the filter has ${text.length} characters, at most ${maxLength} are allowed`);
  }
  const parser = new Parser(tokenize(text));
  return parser.whole();
}

class Parser {
  #next = 0;
  #depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Node {
    const node = this.#or();
    if (this.#token.kind !== "end") throw this.#unexpected("the end of the filter");
    return node;
  }

  get #token(): Token {
    const token = this.tokens[this.#next] ?? this.tokens.at(-1);
    if (!token) throw new FilterError("the filter is empty");
    return token;
  }

  #or(): Node {
    return this.#deeper(() => this.#chain("or", "any", () => this.#chain("and", "all", () => this.#not())));
  }

  #chain(word: string, node: "all" | "any", item: () => Node): Node {
    const items = [item()];
    while (this.#acceptWord(word)) items.push(item());
    return items.length === 1 && items[0] ? items[0] : { node, items };
  }

  #not(): Node {
    if (!this.#acceptWord("not")) return this.#predicate();
    return this.#deeper(() => ({ node: "not", item: this.#not() }));
  }

  #predicate(): Node {
    let left = this.#sum();
    for (let links = 0; ; links++) {
      const operator = this.#token.kind === "symbol" ? comparisons.get(this.#token.text) : undefined;
      if (links > maxChain) throw new FilterError(`more than ${maxChain} comparisons in a row`);
      if (operator) {
        this.#next++;
        left = { node: "compare", operator, left, right: this.#sum() };
      } else if (this.#acceptWord("is")) {
        left = this.#is(left);
      } else {
        const tested = this.#tested(left);
        if (!tested) return left;
        left = tested;
      }
    }
  }

  #is(item: Node): Node {
    const negated = this.#acceptWord("not");
    for (const what of ["null", "true", "false"] as const) {
      if (this.#acceptWord(what)) return { node: "is", what, negated, item };
    }
    throw this.#unexpected("NULL, TRUE or FALSE after IS");
  }

  /** `[NOT] IN`, `BETWEEN`, `LIKE`, `ILIKE`, or nothing of them. */
  #tested(item: Node): Node | undefined {
    const negated = this.#acceptWord("not");
    if (this.#acceptWord("in")) return { node: "in", negated, item, list: this.#list() };
    if (this.#acceptWord("between")) {
      const low = this.#sum();
      this.#expectWord("and");
      return { node: "between", negated, item, low, high: this.#sum() };
    }
    const ignoreCase = this.#isWord("ilike");
    if (this.#acceptWord("like") || this.#acceptWord("ilike")) {
      const pattern = this.#sum();
      return { node: "like", negated, ignoreCase, item, pattern, ...this.#escape() };
    }
    if (negated) throw this.#unexpected("IN, BETWEEN, LIKE or ILIKE after NOT");
    return undefined;
  }

  #escape(): { escape?: string } {
    if (!this.#acceptWord("escape")) return {};
    const token = this.#token;
    if (token.kind !== "string" || [...token.text].length !== 1) throw this.#unexpected("one character after ESCAPE");
    this.#next++;
    return { escape: token.text };
  }

  #list(): Node[] {
    this.#expectSymbol("(");
    const items = [this.#or()];
    while (this.#acceptSymbol(",")) items.push(this.#or());
    this.#expectSymbol(")");
    return items;
  }

  #sum(): Node {
    return this.#operators(sums, () => this.#operators(products, () => this.#unary()));
  }

  #operators(wanted: ReadonlySet<string>, operand: () => Node): Node {
    let left = operand();
    for (let links = 0; this.#token.kind === "symbol" && wanted.has(this.#token.text); links++) {
      if (links > maxChain) throw new FilterError(`more than ${maxChain} operators in a row`);
      const operator = this.#token.text as ArithmeticOperator;
      this.#next++;
      left = { node: "arithmetic", operator, left, right: operand() };
    }
    return left;
  }

  #unary(): Node {
    if (this.#acceptSymbol("-")) return this.#deeper(() => ({ node: "negate", item: this.#unary() }));
    if (this.#acceptSymbol("+")) throw new FilterError("Unary operator 'Plus' is not supported");
    if (this.#isWord("not")) return this.#not();
    let item = this.#primary();
    for (let links = 0; this.#acceptSymbol("::"); links++) {
      if (links > maxChain) throw new FilterError(`more than ${maxChain} casts in a row`);
      item = { node: "cast", item, to: this.#type(), orNull: false };
    }
    return item;
  }

  #primary(): Node {
    const token = this.#token;
    switch (token.kind) {
      case "number":
        this.#next++;
        return numberLiteral(token.text);
      case "string":
        this.#next++;
        return { node: "literal", kind: "text", value: token.text };
      case "bytes":
        this.#next++;
        return { node: "literal", kind: "binary", value: token.text };
      case "quoted":
        this.#next++;
        return { node: "column", name: token.text, quoted: true };
      case "word":
        return this.#word(token.text);
      default:
        if (!this.#acceptSymbol("(")) throw this.#unexpected("a value");
    }
    const inner = this.#or();
    this.#expectSymbol(")");
    return inner;
  }

  #word(name: string): Node {
    const word = name.toLowerCase();
    if (reserved.has(word)) throw this.#unexpected("a value");
    this.#next++;
    const follows = this.#token;
    if (word === "true" || word === "false") return { node: "literal", kind: "boolean", value: word === "true" };
    if (word === "null") return { node: "literal", kind: "null", value: null };
    if (follows.kind === "string" && (word === "date" || word === "timestamp")) {
      this.#next++;
      return word === "date" ? dateLiteral(follows.text) : timestampLiteral(follows.text);
    }
    if (follows.kind !== "symbol" || follows.text !== "(") return { node: "column", name, quoted: false };
    if (word === "cast" || word === "try_cast") return this.#cast(word === "try_cast");
    this.#next++;
    if (this.#acceptSymbol(")")) return { node: "function", name: word, args: [] };
    this.#next--;
    return { node: "function", name: word, args: this.#list() };
  }

  #cast(orNull: boolean): Node {
    this.#expectSymbol("(");
    const item = this.#or();
    this.#expectWord("as");
    const to = this.#type();
    this.#expectSymbol(")");
    return { node: "cast", item, to, orNull };
  }

  #type(): CastType {
    const words: string[] = [];
    const takeWords = () => {
      while (this.#isWord()) words.push(this.#take().toLowerCase());
    };
    takeWords();
    const sizes: number[] = [];
    if (this.#acceptSymbol("(")) {
      do sizes.push(Number(this.#take()));
      while (this.#acceptSymbol(","));
      this.#expectSymbol(")");
      takeWords();
    }
    return castType(words.join(" "), sizes);
  }

  #take(): string {
    const { text } = this.#token;
    this.#next++;
    return text;
  }

  #deeper<T>(parse: () => T): T {
    if (++this.#depth > maxDepth) throw new FilterError(`the filter is nested deeper than ${maxDepth} levels`);
    const result = parse();
    this.#depth--;
    return result;
  }

  #isWord(word?: string): boolean {
    const { kind, text } = this.#token;
    return kind === "word" && (word === undefined || text.toLowerCase() === word);
  }
  #acceptWord(word: string): boolean {
    if (!this.#isWord(word)) return false;
    this.#next++;
    return true;
  }
  #expectWord(word: string): void {
    if (!this.#acceptWord(word)) throw this.#unexpected(word.toUpperCase());
  }
  #acceptSymbol(symbol: string): boolean {
    if (this.#token.kind !== "symbol" || this.#token.text !== symbol) return false;
    this.#next++;
    return true;
  }
  #expectSymbol(symbol: string): void {
    if (!this.#acceptSymbol(symbol)) throw this.#unexpected(`"${symbol}"`);
  }

  #unexpected(wanted: string): FilterError {
    const { kind, text, at } = this.#token;
    if (kind === "end") return new FilterError(`expected ${wanted}, but the filter ends`);
    if (json.has(text)) return new FilterError("JSON access is not supported");
    if (bits.has(text)) return new FilterError(`Operator ${text} is not supported`);
    if (text === "?") return new FilterError("parameters are not supported");
    if (kind === "word" && /^(?:select|exists)$/i.test(text)) return new FilterError("subqueries are not supported");
    if (kind === "word" && /^case$/i.test(text)) return new FilterError("CASE is not supported");
    return new FilterError(`expected ${wanted}, found "${text}" at position ${at + 1}`);
  }
}
