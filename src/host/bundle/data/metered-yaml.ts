/**
 * YAML that is paid for while it is read and written: a megabyte takes `yaml` some five seconds, which nothing interrupts.
 * Its steps are run here one at a time, and what it does in one step is made to pass by here.
 * @module
 */
import type { CST, Document, DocumentOptions, ParseOptions, SchemaOptions, Tags } from "yaml";
import { charge } from "../../../base/work.ts";

/** Its parts, from whichever copy of the package its user has. */
export type YamlParts = Pick<typeof import("yaml"), "Composer" | "Lexer" | "LineCounter" | "Parser">;
type Options = ParseOptions & DocumentOptions & SchemaOptions;

/** What they cost, about: a lexeme to find and to sort in, a token to make a node of, a value to write. */
const lexemeUnits = 150;
const tokenUnits = 60;
const valueUnits = 200;
/** A value is read in one go, and again with every part that does not end it: some milliseconds. */
const longestScalar = 512 * 1024;
const partLength = 128 * 1024;
const mostLevels = 500;

/**
 * As the package's own `parseAllDocuments`, without excerpts of the text in errors.
 * @throws Error for a text beyond bounds
 */
export function parseDocuments(
  { Composer, Lexer, LineCounter, Parser }: YamlParts,
  text: string,
  options: Options,
): Document.Parsed[] {
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({ ...options, lineCounter: lines });
  const documents: Document.Parsed[] = [];
  const take = (tokens: Iterable<CST.Token>) => {
    for (const token of tokens) {
      meter(token as Metered);
      documents.push(...composer.next(token));
    }
  };
  let depth = 0;
  for (const lexeme of lexemes(new Lexer(), text)) {
    charge(lexemeUnits + lexeme.length / 8);
    if (lexeme.length > longestScalar) throw tooLong();
    if (lexeme === "[" || lexeme === "{") depth++;
    else if (lexeme === "]" || lexeme === "}") depth--;
    if (depth > mostLevels) throw new Error(`the text is nested deeper than ${mostLevels} levels`);
    take(parser.next(lexeme));
  }
  take(parser.end());
  documents.push(...composer.end());
  for (const { errors } of documents) {
    for (const error of errors) {
      error.linePos = [lines.linePos(error.pos[0])];
      const [{ line, col }] = error.linePos;
      error.message += ` at line ${line}, column ${col}`;
    }
  }
  return documents;
}

/** In parts, so that a value without an end is noticed before all of it is read. */
function* lexemes(lexer: InstanceType<YamlParts["Lexer"]>, text: string): Generator<string> {
  let unread = 0;
  for (let at = 0; at < text.length; ) {
    let end = at + partLength;
    if (text[end - 1] === "\r") end++;
    unread += partLength;
    charge(unread);
    for (const lexeme of lexer.lex(text.slice(at, end), end < text.length)) {
      unread = 0;
      yield lexeme;
    }
    if (unread > longestScalar) throw tooLong();
    at = end;
  }
}

const tooLong = () => new Error(`the text has a value of more than ${longestScalar} characters`);

interface Metered {
  offset: number;
  readonly value?: unknown;
  readonly items?: readonly { readonly key?: unknown; readonly value?: unknown }[];
}

/** A document is composed in one go: its tokens charge when they are asked where they are, which each is once. */
function meter(root: Metered): void {
  const open: unknown[] = [root];
  for (let token = open.pop() as Metered | undefined; token !== undefined; token = open.pop() as Metered | undefined) {
    charge(1);
    for (const { key, value } of token.items ?? [token as { key?: unknown; value?: unknown }]) {
      for (const inner of [key, value]) if (typeof inner === "object" && inner !== null) open.push(inner);
    }
    const { offset } = token;
    Object.defineProperty(token, "offset", {
      get: () => {
        charge(tokenUnits);
        return offset;
      },
    });
  }
}

/** For `customTags`: every value that is made a node, and every text of one, is paid for. */
export function meteredTags(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag !== "object" || tag.collection !== undefined) return tag;
    const { identify, stringify } = tag;
    return {
      ...tag,
      ...(identify && {
        identify: (value: unknown) => {
          charge(valueUnits / 10);
          return identify(value);
        },
      }),
      ...(stringify && {
        stringify: (...args: Parameters<typeof stringify>) => {
          const { value } = args[0];
          charge(valueUnits + (typeof value === "string" ? value.length / 2 : 0));
          return stringify(...args);
        },
      }),
    };
  });
}
