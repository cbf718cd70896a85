import { AnchorError } from "./anchors.ts";

const looksLikeInteger = "-0123456789\0";

/**
 * LuaJIT's number text on Lua 5.4: `10/2 .. ""` gives `5`, not `5.0`. tostringbuff() adds ".0" when strspn() finds
 * nothing but these characters; with the set made empty it never does. Changes `wasm` in place.
 */
export function useLuaJitNumberText(wasm: Uint8Array): void {
  const bytes = Buffer.from(wasm.buffer, wasm.byteOffset, wasm.byteLength);
  const at = bytes.indexOf(looksLikeInteger);
  if (at < 0) throw new AnchorError("number text", "the set of digits is not found");
  if (bytes.indexOf(looksLikeInteger, at + 1) >= 0) throw new AnchorError("number text", "found more than once");
  bytes[at] = 0;
}
