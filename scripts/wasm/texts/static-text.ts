import { AnchorError } from "../anchors.ts";

/**
 * Puts another text where `from` lies among the constants of `wasm`, in place. `from` must be there exactly once, and not
 * as the end of a longer text that shares its bytes; {@link StaticData.assertUnshared} looks the other way.
 */
export function replaceStaticText(wasm: Uint8Array, from: string, to: string): void {
  if (to.length > from.length) throw new AnchorError(`text "${from}"`, `has no room for "${to}"`);
  const bytes = Buffer.from(wasm.buffer, wasm.byteOffset, wasm.byteLength);
  const at = bytes.indexOf(`\0${from}\0`);
  if (at < 0) throw new AnchorError(`text "${from}"`, "not found");
  if (bytes.indexOf(`\0${from}\0`, at + 1) >= 0) throw new AnchorError(`text "${from}"`, "found more than once");
  bytes.write(`${to}\0`, at + 1, "latin1");
}
