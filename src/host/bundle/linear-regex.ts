/**
 * A regular expression of PCRE's syntax on re2js, over bytes: positions are Lua's, from 1.
 * @module
 */
import type { RE2JS } from "re2js";
import { compileMetered, mostPattern, type Re2 } from "../../base/text/metered-re2.ts";
import { charge } from "../../base/work.ts";
import type { LuaValue } from "../../lua/interface.ts";

const pcreFlags = {
  caseless: 0x8,
  dotAll: 0x20,
  extended: 0x80,
  multiline: 0x400,
  ungreedy: 0x40000,
  utf: 0x80000,
  anchored: 0x80000000,
};
const notEmpty = 4;

/** What a match costs by itself. */
const matchUnits = 100;

/** start, end, then start and end of each group; 0 and 0 for one that took no part. */
export type Positions = readonly number[];

export class LinearRegex {
  readonly groups: number;
  readonly names: { readonly [name: string]: LuaValue };
  readonly #regex: RE2JS;
  readonly #utf: boolean;
  readonly #anchored: boolean;

  /** @throws Error naming what is wrong, or not supported */
  constructor(re2: Re2, pattern: Uint8Array, flags: number) {
    if (pattern.length > mostPattern) throw new Error(`rex_pcre2: the pattern is longer than ${mostPattern} bytes`);
    this.#utf = (flags & pcreFlags.utf) !== 0;
    this.#anchored = isAnchored(flags);
    const text = this.#text(pattern);
    const letters = [
      flags & pcreFlags.caseless ? "i" : "",
      flags & pcreFlags.multiline ? "m" : "",
      flags & pcreFlags.dotAll ? "s" : "",
      flags & pcreFlags.ungreedy ? "U" : "",
    ].join("");
    const body = flags & pcreFlags.extended ? withoutBlanks(text) : text;
    refuseUnsupported(body);
    try {
      this.#regex = compileMetered(re2, letters === "" ? body : `(?${letters})${body}`, "the pattern");
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : String(error);
      throw new Error(`rex_pcre2: ${reason}`);
    }
    this.groups = this.#regex.groupCount();
    this.names = Object.assign(Object.create(null), this.#regex.namedGroups());
  }

  execute(subject: Uint8Array, offset: number, flags: number): LuaValue {
    const text = this.#text(subject);
    const places = this.#utf ? bytePlaces(text) : undefined;
    const matcher = this.#regex.matcher(text);
    const from = places === undefined ? offset : unitAt(places, offset);
    if (!matcher.find(from)) return undefined;
    // The first match is the leftmost one: when it is not here, none is.
    if ((this.#anchored || isAnchored(flags)) && matcher.start() !== from) return undefined;
    if (flags & notEmpty && matcher.start() === matcher.end()) return undefined;
    return [...this.#positions(matcher, places)];
  }

  /** Up to `most` matches from `offset` on; an empty one directly behind a match is none. */
  matches(
    subject: Uint8Array,
    offset: number,
    flags: number,
    most: number,
  ): { found: LuaValue; next: number; finished: boolean } {
    const text = this.#text(subject);
    const places = this.#utf ? bytePlaces(text) : undefined;
    const matcher = this.#regex.matcher(text);
    const found: Positions[] = [];
    let at = places === undefined ? offset : unitAt(places, offset);
    let lastEnd = offset === 0 ? -1 : at;
    while (found.length < most) {
      charge(matchUnits);
      if (at > text.length || !matcher.find(at))
        return { found: found as LuaValue, next: subject.length, finished: true };
      const [start, end] = [matcher.start(), matcher.end()];
      const isEmpty = start === end;
      if (isEmpty && (start === lastEnd || flags & notEmpty)) {
        at = start + unitsOf(text, start);
        continue;
      }
      found.push(this.#positions(matcher, places));
      lastEnd = end;
      at = end;
    }
    return { found: found as LuaValue, next: places?.[at] ?? at, finished: false };
  }

  #positions(matcher: ReturnType<RE2JS["matcher"]>, places: Uint32Array | undefined): Positions {
    const place = (unit: number) => places?.[unit] ?? unit;
    const out = [place(matcher.start()) + 1, place(matcher.end())];
    for (let group = 1; group <= this.groups; group++) {
      const start = matcher.start(group);
      out.push(...(start < 0 ? [0, 0] : [place(start) + 1, place(matcher.end(group))]));
    }
    return out;
  }

  /** Without the UTF flag a byte is a character, as in PCRE. */
  #text(bytes: Uint8Array): string {
    if (this.#utf) {
      charge(bytes.length >> 4);
      return new TextDecoder().decode(bytes);
    }
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) {
      charge(0x800);
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return text;
  }
}

// Bit 31 is the sign in bit operations.
const isAnchored = (flags: number) => (flags & pcreFlags.anchored) !== 0;
const unitsOf = (text: string, at: number) => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

/** Byte offset of every UTF-16 unit, and of the end. */
function bytePlaces(text: string): Uint32Array {
  const places = new Uint32Array(text.length + 1);
  let at = 0;
  for (let unit = 0; unit < text.length; unit++) {
    if ((unit & 0xfff) === 0) charge(0x800);
    places[unit] = at;
    const code = text.charCodeAt(unit);
    // A pair is four bytes, two for each half.
    at += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
  }
  places[text.length] = at;
  return places;
}

function unitAt(places: Uint32Array, offset: number): number {
  // Between the two halves of a pair is the pair's end.
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What only an engine that backtracks can do. */
const unsupported: readonly (readonly [RegExp, string])[] = [
  [/^\(\?<?[=!]/, "look-around"],
  [/^\(\?>/, "atomic groups"],
  [/^\(\?(?:R|\d|&|P>|\+\d|-\d)/, "recursion"],
  [/^\(\?\(/, "conditions"],
  [/^\(\?\|/, "branch reset"],
  [/^\(\*/, "verbs"],
  [/^\\[1-9]/, "back references"],
  [/^\\(?:g\{?|k[<{'])/, "back references"],
  [/^\\[GKRX]/, "this escape"],
  [/^[*+?}]\+/, "possessive quantifiers"],
];

function refuseUnsupported(pattern: string): void {
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at, at + 8);
    if (!inClass) {
      const found = unsupported.find(([form]) => form.test(rest));
      if (found) {
        throw new Error(
          `rex_pcre2: ${found[1]} are not supported here (at position ${at + 1}): the engine runs in linear time and does not backtrack`,
        );
      }
    }
    if (pattern[at] === "\\") at++;
    else if (pattern[at] === "[" && !inClass) {
      inClass = true;
      // `]` as the first member is one.
      if (pattern[at + 1] === "^") at++;
      if (pattern[at + 1] === "]") at++;
    } else if (pattern[at] === "]") inClass = false;
  }
}

/** PCRE's extended syntax: blanks and comments outside classes mean nothing. */
function withoutBlanks(pattern: string): string {
  return pattern.replaceAll(/\\[\s\S]|\[(?:\^?\]?)(?:\\[\s\S]|[^\]\\])*\]|#[^\n]*|\s+/g, (part) =>
    /^(?:#|\s)/.test(part) ? "" : part,
  );
}
