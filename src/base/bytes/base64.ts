/**
 * Standard Base64, strict: the only form `vulcan.fs` and the `base64` encoding accept (vulcan-api.md §7.1, §7.2).
 * @module
 */
import { charge } from "../work.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Int8Array(128).fill(-1);
for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;

/** Why a text is not Base64: the `<detail>` of `base64 decode failed: <detail>`. */
export class Base64Error extends Error {
  override readonly name = "Base64Error";
}

/** With padding, without line breaks. */
export function encodeBase64(bytes: Uint8Array): string {
  // btoa takes one character per byte; chunks keep String.fromCharCode within the engines' argument limits.
  let binary = "";
  charge(0, 2 * bytes.length);
  for (let i = 0; i < bytes.length; i += 0x2000) {
    charge(0x800);
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x2000));
  }
  return btoa(binary);
}

/** Refuses missing padding, whitespace, the URL alphabet and stray bits. @throws Base64Error */
export function decodeBase64(text: string): Uint8Array {
  const end = text.endsWith("==") ? text.length - 2 : text.endsWith("=") ? text.length - 1 : text.length;
  const out = new Uint8Array(Math.floor((end * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < end; i++) {
    if ((i & 0xfff) === 0) charge(0x800);
    const code = text.charCodeAt(i);
    const value = code < 128 ? (values[code] ?? -1) : -1;
    if (value < 0) throw new Base64Error(`Invalid byte ${text.codePointAt(i)}, offset ${i}.`);
    bits = (bits << 6) | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[at++] = (bits >> held) & 0xff;
      bits &= (1 << held) - 1;
    }
  }
  if (end % 4 === 1) throw new Base64Error(`Invalid input length: ${end}`);
  if (text.length % 4 !== 0) throw new Base64Error("Invalid padding");
  if (bits !== 0) throw new Base64Error(`Invalid last symbol ${text.charCodeAt(end - 1)}, offset ${end - 1}.`);
  return out;
}
