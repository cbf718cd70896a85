/**
 * Standard base64, strict: padded, no white space, no stray bits.
 * @module
 */

/** @throws Error saying what is wrong with the text */
export function fromBase64(text: string): Uint8Array {
  const content = text.replace(/={1,2}$/, "");
  const bad = /[^A-Za-z0-9+/]/u.exec(content);
  if (bad) throw new Error(`Invalid byte ${bad[0].codePointAt(0)}, offset ${bad.index}.`);
  const last = content.length - 1;
  if (content.length % 4 === 1) throw new Error(`Invalid input length: ${content.length}`);
  if (text.length % 4 !== 0) throw new Error("Invalid padding");
  const out = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  if (toBase64(out) !== text) throw new Error(`Invalid last symbol ${content.charCodeAt(last)}, offset ${last}.`);
  return out;
}

/** `btoa` takes a string of bytes, and `String.fromCharCode` only so many at once. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  const step = 0x6000;
  for (let at = 0; at < bytes.length; at += step) {
    binary += String.fromCharCode(...bytes.subarray(at, at + step));
  }
  return btoa(binary);
}
