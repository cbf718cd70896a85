/**
 * Searches in texts that a program chose, for parts it chose: what engines do is text × part in the worst case (a part of a
 * hundred thousand letters takes them a minute), and nothing interrupts it. Here it is text + part, paid for in pieces.
 * @module
 */
import { charge } from "../work.ts";

/** Text × part that the engine's own search may do at once: less than a tenth of a millisecond. */
const productAtOnce = 2 ** 16;
const unitsPerProduct = 1 / 16;
/** Longer parts are searched by their own repetitions. */
const shortPart = 64;
/** Characters between two bookings, and what one costs. */
const piece = 4096;
const unitsPerCharacter = 1 / 2;
/** What a piece of a text costs, and holds. */
const partUnits = 10;
const partBytes = 32;

/** As `text.indexOf(part, from)`. */
export function indexOfText(text: string, part: string, from = 0): number {
  const product = (text.length - from) * part.length;
  if (product <= productAtOnce) {
    charge(1 + product * unitsPerProduct);
    return text.indexOf(part, from);
  }
  if (part.length > shortPart) return byRepetitions(text, part, from, false);
  const window = Math.ceil(productAtOnce / part.length);
  for (let at = from; at + part.length <= text.length; at += window) {
    charge(productAtOnce * unitsPerProduct);
    const found = text.slice(at, at + window + part.length - 1).indexOf(part);
    if (found >= 0) return at + found;
  }
  return -1;
}

/** As `text.lastIndexOf(part)`. */
export function lastIndexOfText(text: string, part: string): number {
  if (text.length * part.length > productAtOnce) return byRepetitions(text, part, 0, true);
  charge(1 + text.length * part.length * unitsPerProduct);
  return text.lastIndexOf(part);
}

/** Where the part is: the first place, or the last. As Knuth, Morris and Pratt do it. */
function byRepetitions(text: string, part: string, from: number, last: boolean): number {
  // back[i]: how much of the part's beginning the first i + 1 of its characters end with.
  const back = new Int32Array(part.length);
  const paid = (i: number) => {
    if (i % piece === 0) charge(piece * unitsPerCharacter);
  };
  for (let i = 1, k = 0; i < part.length; i++) {
    paid(i);
    while (k > 0 && part.charCodeAt(i) !== part.charCodeAt(k)) k = back[k - 1] as number;
    if (part.charCodeAt(i) === part.charCodeAt(k)) k++;
    back[i] = k;
  }
  let found = -1;
  for (let i = from, k = 0; i < text.length; i++) {
    paid(i);
    while (k > 0 && text.charCodeAt(i) !== part.charCodeAt(k)) k = back[k - 1] as number;
    if (text.charCodeAt(i) === part.charCodeAt(k)) k++;
    if (k < part.length) continue;
    found = i + 1 - part.length;
    if (!last) return found;
    k = back[k - 1] as number;
  }
  return found;
}

/** As `text.split(separator)`. */
export function splitText(text: string, separator: string): string[] {
  const parts: string[] = [];
  const add = (from: number, to: number) => {
    charge(partUnits, partBytes);
    parts.push(text.slice(from, to));
  };
  if (separator === "") {
    for (let at = 0; at < text.length; at++) add(at, at + 1);
    return parts;
  }
  let from = 0;
  for (let at = indexOfText(text, separator); at >= 0; at = indexOfText(text, separator, from)) {
    add(from, at);
    from = at + separator.length;
  }
  add(from, text.length);
  return parts;
}

/** In characters: a pair of surrogates is one. */
export function characterCount(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    if (at % piece === 0) charge(1 + Math.min(piece, text.length - at) * (unitsPerCharacter / 2));
    if ((text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

/** The characters of a text, pairs of surrogates as one. */
export function charactersOf(text: string): string[] {
  const out: string[] = [];
  for (const character of text) {
    charge(partUnits, partBytes);
    out.push(character);
  }
  return out;
}

/** What `convert` makes of a text, a piece after the other: one of megabytes takes longer than a run may be late. */
export function inPieces(text: string, convert: (piece: string) => string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + 16 * piece);
    // Letters look at their neighbours, and pairs stay together.
    for (const most = end + piece; end < most && end < text.length && !/\s/.test(text[end] as string); ) end++;
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end++;
    charge(1 + (end - at) * unitsPerCharacter, 2 * (end - at));
    parts.push(convert(text.slice(at, end)));
    at = end;
  }
  return parts.join("");
}
