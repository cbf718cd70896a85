import { isArrayBuffer } from "../base/bytes/array-buffer.ts";
import type { BytesLike } from "../contract/contract.ts";
import { misuse } from "./arguments/call-options.ts";

/**
 * Whatever holds bytes as a plain Uint8Array: subclasses such as Node's Buffer turn into JSON of their own. Anything else
 * stays as it is; the engine refuses it by name, the same over every way.
 * @throws LuaSkillsError `invalid_argument` when its memory has been transferred away
 */
export async function bytesOf(content: BytesLike): Promise<Uint8Array> {
  if (isBlob(content)) return new Uint8Array(await content.arrayBuffer());
  try {
    if (ArrayBuffer.isView(content)) {
      const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
      // Memory that another thread may change meanwhile, and that structured clones do not copy.
      return content.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
    }
    if (isArrayBuffer(content)) return new Uint8Array(content);
  } catch (cause) {
    throw (await misuse()).ofBytes(cause);
  }
  // Only that it is an object: what a wire says of a Date or of the caller's classes is said in other words.
  const isObject = typeof content === "object" && content !== null && !Array.isArray(content);
  return (isObject ? {} : content) as unknown as Uint8Array;
}

export const isBytesLike = (value: unknown): value is BytesLike =>
  ArrayBuffer.isView(value) || isArrayBuffer(value) || isBlob(value);

/** By its tag: one of a frame is no instance of ours. */
const isBlob = (value: unknown): value is Blob =>
  /^\[object (?:Blob|File)\]$/.test(Object.prototype.toString.call(value)) &&
  typeof (value as Blob).arrayBuffer === "function";

/** As {@link bytesOf}, and text as UTF-8. */
export async function contentOf(content: string | BytesLike): Promise<Uint8Array> {
  return typeof content === "string" ? new TextEncoder().encode(content) : bytesOf(content);
}
