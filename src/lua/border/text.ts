/**
 * Strings across the border: Lua's are bytes, JavaScript's are UTF-16.
 * @module
 */
import { charge } from "../../base/work.ts";
import type { LuaInstance } from "../wasm/instance.ts";

const encoder = new TextEncoder();
// ignoreBOM: a byte order mark is content, never swallowed.
export const strict = () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const strictDecoder = strict();
const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to here looking at the bytes beats the decoder's call. */
const SHORT = 128;
/** Decoded at a time: the clock is looked at in between, and one go would take twice as long. */
const PIECE = 65_536;
/** Up to here the scratch memory is sized for the worst case of three bytes per UTF-16 unit. */
const MEDIUM = 16_384;

/** The text, or undefined when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, length: number): string | undefined {
  if (length <= SHORT) {
    const text = decodeAscii(bytes, start, length);
    if (text !== undefined) return text;
  }
  const end = start + length;
  const decoder = length > PIECE ? strict() : strictDecoder;
  let text = "";
  for (let at = start; at < end; at += PIECE) {
    const next = Math.min(end, at + PIECE);
    charge((next - at) >> 4);
    try {
      text += decoder.decode(bytes.subarray(at, next), { stream: next < end });
    } catch {
      // The one thing a fatal decoder throws for.
      return undefined;
    }
  }
  return text;
}

const chars = String.fromCharCode;

/** Undefined when a byte is not ASCII. Eight at a time: a string of one character after the other costs three times as much. */
function decodeAscii(u8: Uint8Array, start: number, length: number): string | undefined {
  const end = start + length;
  let text = "";
  let i = start;
  for (; i + 8 <= end; i += 8) {
    const a = u8[i] as number;
    const b = u8[i + 1] as number;
    const c = u8[i + 2] as number;
    const d = u8[i + 3] as number;
    const e = u8[i + 4] as number;
    const f = u8[i + 5] as number;
    const g = u8[i + 6] as number;
    const h = u8[i + 7] as number;
    if ((a | b | c | d | e | f | g | h) > 127) return undefined;
    text += chars(a, b, c, d, e, f, g, h);
  }
  const rest = end - i;
  if (rest === 0) return text;
  const a = u8[i] as number;
  const b = rest > 1 ? (u8[i + 1] as number) : 0;
  const c = rest > 2 ? (u8[i + 2] as number) : 0;
  const d = rest > 3 ? (u8[i + 3] as number) : 0;
  const e = rest > 4 ? (u8[i + 4] as number) : 0;
  const f = rest > 5 ? (u8[i + 5] as number) : 0;
  const g = rest > 6 ? (u8[i + 6] as number) : 0;
  if ((a | b | c | d | e | f | g) > 127) return undefined;
  return text + chars(a, b, c, d, e, f, g).slice(0, rest);
}

/** As {@link decodeText}, with U+FFFD for what is not UTF-8. */
export function decodeLossy(bytes: Uint8Array, start: number, length: number): string {
  return lossyDecoder.decode(bytes.subarray(start, start + length));
}

/** Pushes a Lua string; lone surrogates become U+FFFD. */
export function pushText(instance: LuaInstance, L: number, text: string): void {
  const length = text.length;
  if (length > MEDIUM) {
    charge(length >> 4);
    pushBytes(instance, L, encoder.encode(text));
    return;
  }
  const at = instance.scratch(length * 3);
  const { u8 } = instance;
  if (length <= 64) {
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) break;
      u8[at + i] = unit;
    }
    if (i === length) {
      instance.x.lua_pushlstring(L, at, length);
      return;
    }
  }
  const { written } = encoder.encodeInto(text, u8.subarray(at, at + length * 3));
  instance.x.lua_pushlstring(L, at, written);
}

export function pushBytes(instance: LuaInstance, L: number, bytes: Uint8Array): void {
  if (bytes.length <= MEDIUM * 3) {
    const at = instance.scratch(bytes.length);
    instance.u8.set(bytes, at);
    instance.x.lua_pushlstring(L, at, bytes.length);
    return;
  }
  charge(bytes.length >> 4);
  // Big content gets memory of its own, so that the scratch memory stays small.
  const at = instance.allocate(bytes.length);
  try {
    instance.u8.set(bytes, at);
    instance.x.lua_pushlstring(L, at, bytes.length);
  } finally {
    instance.x.free(at);
  }
}
