/**
 * Templates in Jet's syntax, taken apart: texts, expressions, conditions, loops, blocks, inheritance and includes.
 * @module
 */
import { isExpressionError } from "../expr/lexer.ts";
import { type Node as Expression, parse as parseExpression } from "../expr/parser.ts";

export interface Parameter {
  readonly name: string;
  readonly value?: Expression | undefined;
}

export type Node =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "output"; readonly value: Expression; readonly raw: boolean }
  | { readonly is: "set"; readonly name: string; readonly value: Expression; readonly declares: boolean }
  | {
      readonly is: "if";
      readonly test: Expression;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly is: "range";
      readonly names: readonly string[];
      readonly over: Expression;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly is: "block"; readonly block: Block; readonly context?: Expression | undefined }
  | {
      readonly is: "yield";
      readonly name: string;
      readonly args: readonly Parameter[];
      readonly context?: Expression | undefined;
      readonly content?: readonly Node[] | undefined;
    }
  | {
      readonly is: "include";
      readonly name: Expression;
      readonly context?: Expression | undefined;
      readonly ifExists: boolean;
    };

export interface Block {
  readonly name: string;
  readonly params: readonly Parameter[];
  readonly body: readonly Node[];
}

export interface Template {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly blocks: ReadonlyMap<string, Block>;
  readonly parent: string | undefined;
  readonly imports: readonly string[];
}

/** What is wrong with a template, and in which line of which. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

export interface Delimiters {
  readonly left: string;
  readonly right: string;
}

interface Piece {
  readonly text: string;
  readonly isCode: boolean;
  readonly line: number;
}

const deepest = 100;

/** @throws TemplateError */
export function parseTemplate(name: string, source: string, delimiters: Delimiters): Template {
  return new TemplateParser(name, pieces(name, source, delimiters)).whole();
}

function pieces(name: string, source: string, { left, right }: Delimiters): Piece[] {
  const found: Piece[] = [];
  let line = 1;
  const lines = (text: string) => text.split("\n").length - 1;
  for (let at = 0; at < source.length; ) {
    const code = source.indexOf(left, at);
    const comment = source.indexOf("{*", at);
    const start = comment !== -1 && (code === -1 || comment < code) ? comment : code;
    const text = source.slice(at, start === -1 ? source.length : start);
    if (text !== "") found.push({ text, isCode: false, line });
    line += lines(text);
    if (start === -1) break;
    const isComment = start === comment;
    const [opening, closing] = isComment ? ["{*", "*}"] : [left, right];
    const end = source.indexOf(closing, start + opening.length);
    if (end === -1) throw new TemplateError(`${name}:${line}: ${opening} is not closed`);
    const inner = source.slice(start + opening.length, end);
    if (!isComment) found.push({ text: inner, isCode: true, line });
    line += lines(inner);
    at = end + closing.length;
  }
  return trimmed(found);
}

/** `{{-` and `-}}` take the blanks beside them away. */
function trimmed(found: readonly Piece[]): Piece[] {
  return found.flatMap((piece, i): Piece[] => {
    const { text, isCode } = piece;
    if (isCode)
      return [
        {
          ...piece,
          text: text
            .replace(/^-(?=\s)/, "")
            .replace(/(?<=\s)-$/, "")
            .trim(),
        },
      ];
    const [before, after] = [found[i - 1], found[i + 1]];
    const startTrimmed = before?.isCode && /\s-$/.test(before.text) ? text.trimStart() : text;
    const bothTrimmed = after?.isCode && /^-\s/.test(after.text) ? startTrimmed.trimEnd() : startTrimmed;
    return bothTrimmed === "" ? [] : [{ ...piece, text: bothTrimmed }];
  });
}

class TemplateParser {
  #at = 0;
  #depth = 0;
  readonly #blocks = new Map<string, Block>();
  readonly #imports: string[] = [];
  #parent: string | undefined;

  constructor(
    private readonly name: string,
    private readonly pieces: readonly Piece[],
  ) {}

  whole(): Template {
    const { nodes, end } = this.#nodes([]);
    if (end !== undefined) throw this.#fault(`{{ ${end} }} closes nothing`);
    return { name: this.name, nodes, blocks: this.#blocks, parent: this.#parent, imports: this.#imports };
  }

  /** Up to one of the words in `ends`, which is consumed. */
  #nodes(ends: readonly string[]): { readonly nodes: Node[]; readonly end: string | undefined } {
    if (++this.#depth > deepest) throw this.#fault(`more than ${deepest} levels`);
    const nodes: Node[] = [];
    while (this.#at < this.pieces.length) {
      const { text, isCode } = this.pieces[this.#at++] as Piece;
      if (!isCode) {
        nodes.push({ is: "text", text });
        continue;
      }
      const word = /^[A-Za-z_]\w*\??/.exec(text)?.[0] ?? "";
      if (word === "end" || word === "else" || (word === "content" && text === word && ends.includes(word))) {
        this.#depth--;
        if (!ends.includes(word)) throw this.#fault(`{{ ${text} }} closes nothing`);
        return { nodes, end: text };
      }
      const node = this.#node(word, text.slice(word.length).trim(), text);
      if (node) nodes.push(node);
    }
    if (ends.length > 0) throw this.#fault("{{ end }} is missing");
    return { nodes, end: undefined };
  }

  #node(word: string, rest: string, text: string): Node | undefined {
    if (text === "") return undefined;
    switch (word) {
      case "extends":
        this.#parent = this.#quoted(rest, word);
        return undefined;
      case "import":
        this.#imports.push(this.#quoted(rest, word));
        return undefined;
      case "if":
        return this.#condition(rest);
      case "range":
        return this.#range(rest);
      case "block":
        return this.#block(rest);
      case "yield":
        return this.#yield(rest);
      case "include":
      case "includeIfExists":
        return this.#include(rest, word === "includeIfExists");
    }
    const assigned = /^([A-Za-z_]\w*)\s*(:?=)(?!=)\s*([\s\S]+)$/.exec(text);
    if (assigned) {
      const [, name = "", operator, value = ""] = assigned;
      return { is: "set", name, value: this.#pipeline(value).value, declares: operator === ":=" };
    }
    return { is: "output", ...this.#pipeline(text) };
  }

  #condition(rest: string): Node {
    const test = this.#pipeline(rest).value;
    const { nodes: then, end = "end" } = this.#nodes(["else", "end"]);
    const more = /^else\s+if\s+([\s\S]+)$/.exec(end)?.[1];
    let otherwise: readonly Node[] = [];
    if (more !== undefined) otherwise = [this.#condition(more)];
    else if (end !== "end") otherwise = this.#nodes(["end"]).nodes;
    return { is: "if", test, then, otherwise };
  }

  #range(rest: string): Node {
    const named = /^([A-Za-z_]\w*)(?:\s*,\s*([A-Za-z_]\w*))?\s*:?=(?!=)\s*([\s\S]+)$/.exec(rest);
    const names = named ? [named[1], named[2]].filter((name) => name !== undefined) : [];
    const over = this.#pipeline(named?.[3] ?? rest).value;
    const { nodes: body, end } = this.#nodes(["else", "end"]);
    return { is: "range", names, over, body, otherwise: end === "else" ? this.#nodes(["end"]).nodes : [] };
  }

  #block(rest: string): Node {
    const { name, params, after } = this.#signature(rest, "block");
    const { nodes: body, end } = this.#nodes(["end", "content"]);
    // What stands after {{ content }} is for a yield without content of its own.
    if (end === "content") this.#nodes(["end"]);
    const block = { name, params, body };
    this.#blocks.set(name, block);
    return { is: "block", block, context: after === "" ? undefined : this.#pipeline(after).value };
  }

  #yield(rest: string): Node {
    if (rest === "content") return { is: "yield", name: "content", args: [] };
    const { name, params: args, after } = this.#signature(rest, "yield");
    const hasContent = /(?:^|\s)content$/.test(after);
    const context = after.replace(/(?:^|\s)content$/, "").trim();
    const content = hasContent ? this.#nodes(["end"]).nodes : undefined;
    return { is: "yield", name, args, context: context === "" ? undefined : this.#pipeline(context).value, content };
  }

  #include(rest: string, ifExists: boolean): Node {
    const quoted = /^("(?:[^"\\]|\\.)*"|`[^`]*`)\s*([\s\S]*)$/.exec(rest);
    const [name, context] = quoted ? [quoted[1] ?? "", quoted[2] ?? ""] : [rest, ""];
    return {
      is: "include",
      name: this.#pipeline(name).value,
      context: context === "" ? undefined : this.#pipeline(context).value,
      ifExists,
    };
  }

  /** `name(a, b = 1) context` */
  #signature(text: string, word: string): { name: string; params: Parameter[]; after: string } {
    const [, name, rest = ""] = /^([A-Za-z_]\w*)\s*\(([\s\S]*)$/.exec(text) ?? [];
    const close = rest === undefined ? -1 : closing(rest);
    if (name === undefined || close === -1) throw this.#fault(`${word} needs a name and parentheses, got "${text}"`);
    const params = parts(rest.slice(0, close), ",")
      .map((each) => each.trim())
      .filter((each) => each !== "")
      .map((each): Parameter => {
        const [, own, value] = /^([A-Za-z_]\w*)\s*=(?!=)\s*([\s\S]+)$/.exec(each) ?? [];
        if (own !== undefined && value !== undefined) return { name: own, value: this.#pipeline(value).value };
        if (word === "block") return { name: each };
        return { name: "", value: this.#pipeline(each).value };
      });
    return { name, params, after: rest.slice(close + 1).trim() };
  }

  /** `value | upper | replace: "a", "b"`; `raw` and `unsafe` keep it from being escaped. */
  #pipeline(text: string): { readonly value: Expression; readonly raw: boolean } {
    const [first = "", ...filters] = parts(text, "|");
    let raw = false;
    let value = this.#expression(first);
    for (const filter of filters) {
      const [, name, after, inner] = /^\s*([A-Za-z_]\w*)\s*(?::\s*([\s\S]+)|\(([\s\S]*)\))?\s*$/.exec(filter) ?? [];
      if (name === undefined) throw this.#fault(`a filter is expected after |, got "${filter.trim()}"`);
      if (name === "raw" || name === "unsafe" || name === "safeHtml") raw = true;
      const more = this.#list(after ?? inner ?? "");
      value = { is: "call", name, args: [value, ...more], at: 0 };
    }
    return { value, raw };
  }

  #expression(text: string): Expression {
    const [, called, args] = /^\s*([A-Za-z_]\w*)\s*:(?!=)\s*([\s\S]+)$/.exec(text) ?? [];
    if (called !== undefined && args !== undefined) return { is: "call", name: called, args: this.#list(args), at: 0 };
    try {
      return parseExpression(text);
    } catch (error) {
      if (!isExpressionError(error)) throw error;
      throw this.#fault(error.message);
    }
  }

  #list(text: string): readonly Expression[] {
    return parts(text, ",")
      .filter((each) => each.trim() !== "")
      .map((each) => this.#expression(each));
  }

  #quoted(text: string, word: string): string {
    const [, name] = /^["`]([^"`]+)["`]$/.exec(text) ?? [];
    if (name === undefined) throw this.#fault(`${word} needs the name of a template in quotes, got "${text}"`);
    return name;
  }

  #fault(text: string): TemplateError {
    const { line } = this.pieces[Math.max(0, this.#at - 1)] ?? { line: 1 };
    return new TemplateError(`${this.name}:${line}: ${text}`);
  }
}

const pairs: Readonly<Record<string, number>> = { "(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1 };

/** Calls `each` with every character outside of quotes and its depth. */
function walk(text: string, each: (character: string, at: number, depth: number) => boolean): void {
  let depth = 0;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (quote !== "") {
      if (character === "\\" && quote !== "`") at++;
      else if (character === quote) quote = "";
    } else if (character === '"' || character === "'" || character === "`") quote = character;
    else {
      if (each(character, at, depth)) return;
      depth += pairs[character] ?? 0;
    }
  }
}

function parts(text: string, separator: "|" | ","): string[] {
  const cuts: number[] = [];
  walk(text, (character, at, depth) => {
    const doubled = separator === "|" && (text[at - 1] === "|" || text[at + 1] === "|");
    if (character === separator && depth === 0 && !doubled) cuts.push(at);
    return false;
  });
  return [...cuts, text.length].map((cut, i) => text.slice(i === 0 ? 0 : (cuts[i - 1] as number) + 1, cut));
}

/** Where the parenthesis is that closes the one before `text`. */
function closing(text: string): number {
  let found = -1;
  walk(text, (character, at, depth) => {
    if (character === ")" && depth === 0) found = at;
    return found !== -1;
  });
  return found;
}
