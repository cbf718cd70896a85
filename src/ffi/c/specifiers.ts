/**
 * The words in front of a declarator: storage class, base type, qualifiers.
 * @module
 */
import { type Decoration, isAttributeWord, takeAttributes, undecorated } from "./attributes.ts";
import { CdefError } from "./cdef-error.ts";
import type { ConstantContext } from "./constant.ts";
import type { TypeTable } from "./type-table.ts";
import type { Qualified } from "./types.ts";

export type Storage = "typedef" | "extern" | "static" | "register" | "auto" | "inline";

export interface Specifiers {
  readonly base: Qualified;
  readonly storage: ReadonlySet<Storage>;
  readonly decoration: Decoration;
  /** The type was written as `struct …`, `union …` or `enum …`, or is a typedef of one: it may stand alone. */
  readonly isTagged: boolean;
}

/** What reads `struct`, `union` and `enum` bodies. */
export interface SpecifierContext extends ConstantContext {
  readonly table: TypeTable;
  record(kind: "struct" | "union", decoration: Decoration): Qualified;
  enumeration(decoration: Decoration): Qualified;
}

const storageWords = new Map<string, Storage>([
  ["typedef", "typedef"],
  ["extern", "extern"],
  ["static", "static"],
  ["register", "register"],
  ["auto", "auto"],
  ["inline", "inline"],
  ["__inline", "inline"],
  ["__inline__", "inline"],
]);

type Base = "void" | "bool" | "char" | "int" | "float" | "short" | "long" | "signed" | "unsigned" | "complex";
/** Word → what it is, and the size it fixes. */
const baseWords = new Map<string, readonly [Base, number]>([
  ["void", ["void", 0]],
  ["bool", ["bool", 1]],
  ["_Bool", ["bool", 1]],
  ["char", ["char", 1]],
  ["int", ["int", 4]],
  ["__int8", ["int", 1]],
  ["__int16", ["int", 2]],
  ["__int32", ["int", 4]],
  ["__int64", ["int", 8]],
  ["float", ["float", 4]],
  ["double", ["float", 8]],
  ["short", ["short", 0]],
  ["long", ["long", 0]],
  ...["signed", "__signed", "__signed__"].map((word): [string, [Base, number]] => [word, ["signed", 0]]),
  ["unsigned", ["unsigned", 0]],
  ...["complex", "_Complex", "__complex", "__complex__"].map((word): [string, [Base, number]] => [
    word,
    ["complex", 0],
  ]),
]);
const tagWords = new Set(["struct", "union", "enum"]);
const modifiers: readonly Base[] = ["short", "long", "signed", "unsigned", "complex"];

/** Words that cannot name anything. */
export const isKeyword = (word: string): boolean =>
  storageWords.has(word) || baseWords.has(word) || tagWords.has(word) || isAttributeWord(word) || word === "sizeof";

export function startsType({ tokens, table }: SpecifierContext): boolean {
  const { kind, text } = tokens.now;
  if (kind === "type") return true;
  return kind === "identifier" && (isKeyword(text) ? text !== "sizeof" : table.name(text)?.kind === "typedef");
}

/** @throws CdefError */
export function readSpecifiers(context: SpecifierContext, allowed: readonly Storage[]): Specifiers {
  const { tokens, table } = context;
  const decoration = undecorated();
  const storage = new Set<Storage>();
  const words: Base[] = [];
  let size = 0;
  let whole: Qualified | undefined;
  for (;;) {
    takeAttributes(context, decoration);
    const { now } = tokens;
    const word = now.kind === "identifier" ? now.text : "";
    const stored = storageWords.get(word);
    const basic = baseWords.get(word);
    if (stored !== undefined) {
      if (!allowed.includes(stored) && stored !== "inline") {
        throw new CdefError(`bad storage class near '${word}'`, tokens.line);
      }
      storage.add(stored);
    } else if (basic !== undefined) {
      if (whole !== undefined || (size > 0 && basic[1] > 0)) break;
      words.push(basic[0]);
      size ||= basic[1];
    } else {
      if (size > 0 || whole !== undefined || words.length > 0) break;
      whole = wholeType(context, decoration);
      if (whole === undefined) break;
      continue;
    }
    tokens.next();
  }
  const type = whole ?? basicType(table, words, size, () => tokens.line, tokens.now.text);
  return {
    base: {
      ...type,
      isConst: type.isConst || decoration.isConst,
      isVolatile: type.isVolatile || decoration.isVolatile,
    },
    storage,
    decoration: { ...decoration, isConst: false, isVolatile: false },
    isTagged: ["struct", "union", "enum"].includes(type.type.kind),
  };
}

/** A struct, union, enum, typedef or `$`. */
function wholeType(context: SpecifierContext, decoration: Decoration): Qualified | undefined {
  const { tokens, table } = context;
  const { now } = tokens;
  if (now.kind === "type") {
    tokens.next();
    return now.type;
  }
  if (now.kind !== "identifier") return undefined;
  if (now.text === "struct" || now.text === "union") {
    tokens.next();
    return context.record(now.text, decoration);
  }
  if (now.text === "enum") {
    tokens.next();
    return context.enumeration(decoration);
  }
  const known = table.name(now.text);
  if (known?.kind !== "typedef") return undefined;
  tokens.next();
  return known.of;
}

function basicType(
  table: TypeTable,
  words: readonly Base[],
  size: number,
  line: () => number,
  near: string,
): Qualified {
  const has = (word: Base) => words.includes(word);
  const isUnsigned = has("unsigned");
  const longs = words.filter((word) => word === "long").length;
  if (has("complex")) return table.complex(size === 4 ? 8 : 16);
  if (has("void")) return table.void;
  if (has("bool")) {
    if (has("char") || has("float") || has("short") || longs > 0) throw new CdefError("invalid C type");
    return table.bool();
  }
  if (has("float")) return table.float(longs > 0 ? 16 : size);
  if (has("char")) return table.integer(1, isUnsigned);
  if (has("short")) return table.integer(2, isUnsigned);
  if (longs > 0) return table.integer(8, isUnsigned);
  if (size > 0) return table.integer(size, isUnsigned);
  if (words.some((word) => modifiers.includes(word))) return table.integer(4, isUnsigned);
  throw new CdefError(`declaration specifier expected near '${near}'`, line());
}
