/**
 * The argument checks every `vulcan.*` function shares (vulcan-api.md §1.3, §1.4), with their exact error texts.
 * Each takes the label `fn` of the function and the name `param` of the parameter as they appear in the text.
 * @module
 */
import { LuaRaise, type LuaReader, type LuaTypeWord, type LuaValue } from "../lua/interface.ts";

/** `io`: the coarser wording of `vulcan.io` and `vulcan.process.session` (§1.3, §1.4). */
export type Wording = "plain" | "io";

export interface StringRules {
  /** Default false: a text of whitespace only is refused. */
  readonly allowBlank?: boolean;
  readonly wording?: Wording;
}

export interface PathRules {
  readonly wording?: Wording;
  /** Adds the Windows syntax check, for a host whose `vulcan.os.info().os` is `windows`. */
  readonly windows?: boolean;
}

/** Unicode White_Space: what the reference trims. JavaScript's `trim` counts U+FEFF in and leaves U+0085 out. */
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const visible = /[^\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const coercedObject = /^(?:table|function|thread|userdata): 0x/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the check is about
const windowsForbidden = /[\u0000-\u001f\u007f-\u009f<>"|?*]/;

/** True when the text is empty or Unicode whitespace only. */
export function isBlank(text: string): boolean {
  // Nearly every argument begins with a visible ASCII character; the expression is for the others.
  const first = text.charCodeAt(0);
  return first > 0x20 && first < 0x7f ? false : !visible.test(text);
}

/** Trims Unicode whitespace as the reference does. */
export function trimText(text: string): string {
  // Not by an expression that ends in `+$`: that one tries anew at every blank, and this text is a program's.
  let start = 0;
  let end = text.length;
  while (start < end && space.test(text.charAt(start))) start++;
  while (end > start && space.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The type word of an argument for an error text. */
export function typeWord(args: Pick<LuaReader, "type">, index: number, wording: Wording = "plain"): LuaTypeWord {
  const type = args.type(index);
  return wording === "io" && type === "integer" ? "number" : type;
}

/** Raises a Lua error whose value is exactly `<fn>: <text>` (§1.2). */
export function fail(fn: string, text: string): never {
  throw new LuaRaise(`${fn}: ${text}`);
}

/** @throws LuaRaise with a text of §1.4 */
export function stringArgument(
  args: Pick<LuaReader, "type" | "text">,
  index: number,
  fn: string,
  param: string,
  rules: StringRules = {},
): string {
  const text = args.text(index);
  if (text === undefined) {
    if (args.type(index) !== "string")
      fail(fn, `${param} must be a string, got ${typeWord(args, index, rules.wording)}`);
    fail(fn, `${param} must be ${rules.wording === "io" ? "valid UTF-8" : "a valid UTF-8 string"}`);
  }
  if (!rules.allowBlank && isBlank(text)) fail(fn, `${param} must not be empty`);
  if (text.includes("\0")) fail(fn, `${param} must not contain NUL bytes`);
  return text;
}

/** A string that can name a file; not yet resolved against the current directory. @throws LuaRaise */
export function pathArgument(args: LuaReader, index: number, fn: string, param: string, rules: PathRules = {}): string {
  const text = stringArgument(args, index, fn, param, { wording: rules.wording });
  checkPathText(text, fn, param, rules);
  return text;
}

/** The path checks alone, for a text that came another way (a field of a JSON request). @throws LuaRaise */
export function checkPathText(text: string, fn: string, param: string, rules: PathRules = {}): void {
  // All four texts have this in common; no other path pays for the expression.
  if (text.includes(": 0x") && coercedObject.test(text))
    fail(fn, `${param} looks like a coerced Lua object string \`${text}\``);
  if (rules.windows && !isWindowsPath(text)) fail(fn, `${param} contains invalid Windows path syntax`);
}

function isWindowsPath(text: string): boolean {
  if (text.startsWith("\\\\?\\")) return true;
  if (windowsForbidden.test(text)) return false;
  const colon = text.lastIndexOf(":");
  return colon === -1 || (colon === 1 && /^[A-Za-z]:/.test(text));
}

/** Undefined when nil. @throws LuaRaise */
export function optionalIntegerArgument(args: LuaReader, index: number, fn: string, param: string): number | undefined {
  const type = args.type(index);
  if (type === "nil") return undefined;
  const value = type === "integer" ? args.number(index) : -1;
  if (value < 0) fail(fn, `${param} must be a non-negative integer: ${type}`);
  return value;
}

/** @throws LuaRaise */
export function checkTableArgument(args: Pick<LuaReader, "type">, index: number, fn: string, param: string): void {
  const type = args.type(index);
  if (type !== "table") fail(fn, `${param} must be a table, got ${type}`);
}

/** The table argument copied by value. @throws LuaRaise, also when it holds what cannot cross */
export function tableArgument(args: LuaReader, index: number, fn: string, param: string): LuaValue {
  checkTableArgument(args, index, fn, param);
  return crossing(fn, () => args.value(index));
}

/** An options argument: nil or a table (`options must be a table, got …`). False when nil. @throws LuaRaise */
export function checkOptionsArgument(args: LuaReader, index: number, fn: string): boolean {
  if (args.type(index) === "nil") return false;
  checkTableArgument(args, index, fn, "options");
  return true;
}

/**
 * A boolean member of an options table. Preludes pass members as arguments of their own
 * (`host.remove(path, options, options.recursive)`), because a table is only read as a whole. @throws LuaRaise
 */
export function booleanOption(args: LuaReader, index: number, fn: string, name: string): boolean {
  const type = args.type(index);
  if (type === "nil") return false;
  if (type !== "boolean") fail(fn, `options.${name} must be a boolean when provided: ${type}`);
  return args.boolean(index);
}

/** The JSON text of an argument (§2.1), failures as `<fn>: <conversion error>`. @throws LuaRaise */
export function jsonArgument(args: LuaReader, index: number, fn: string): string {
  return crossing(fn, () => args.json(index));
}

function crossing<T>(fn: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && error.name === "LuaValueError") fail(fn, error.message);
    throw error;
  }
}
