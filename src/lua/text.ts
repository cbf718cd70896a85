/**
 * Strings across the border: Lua's are bytes, JavaScript's are UTF-16.
 * @module
 */
import type { LuaInstance } from "./instance.ts";

const encoder = new TextEncoder();
// ignoreBOM: a byte order mark is content, never swallowed.
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lossyDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Up to here a loop over the bytes beats the decoder's call. */
const SHORT = 24;
/** Up to here the scratch memory is sized for the worst case of three bytes per UTF-16 unit. */
const MEDIUM = 16_384;

/** The text, or undefined when the bytes are not UTF-8. */
export function decodeText(bytes: Uint8Array, start: number, length: number): string | undefined {
  if (length <= SHORT) {
    let text = "";
    let i = 0;
    for (; i < length; i++) {
      const byte = bytes[start + i] as number;
      if (byte > 127) break;
      text += String.fromCharCode(byte);
    }
    if (i === length) return text;
  }
  try {
    return strictDecoder.decode(bytes.subarray(start, start + length));
  } catch {
    // The one thing a fatal decoder throws for.
    return undefined;
  }
}

/** As {@link decodeText}, with U+FFFD for what is not UTF-8. */
export function decodeLossy(bytes: Uint8Array, start: number, length: number): string {
  return lossyDecoder.decode(bytes.subarray(start, start + length));
}

/** Pushes a Lua string; lone surrogates become U+FFFD. */
export function pushText(instance: LuaInstance, L: number, text: string): void {
  const length = text.length;
  if (length > MEDIUM) {
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
  // Big content gets memory of its own, so that the scratch memory stays small.
  const at = instance.allocate(bytes.length);
  try {
    instance.u8.set(bytes, at);
    instance.x.lua_pushlstring(L, at, bytes.length);
  } finally {
    instance.x.free(at);
  }
}
