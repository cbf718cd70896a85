/**
 * Long texts in pieces: what cuts words by a dictionary cannot be interrupted, and takes far more than twice as long for
 * twice the text.
 * @module
 */
import { charge } from "../../base/work.ts";

/** UTF-16 units. A piece ends after white space where its second half has any. */
const longest = 4096;

/** The text in pieces, in order; each is paid for before it is cut. @param unitsPerCharacter of the budget */
export function* pieces(text: string, unitsPerCharacter: number): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = endOfPiece(text, at);
    charge((end - at) * unitsPerCharacter);
    yield text.slice(at, end);
    at = end;
  }
}

function endOfPiece(text: string, start: number): number {
  const end = start + longest;
  if (end >= text.length) return text.length;
  for (let at = end; at > start + longest / 2; at--) if (/\s/.test(text.charAt(at - 1))) return at;
  const splitsPair = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return splitsPair ? end - 1 : end;
}
