import type { BytesLike } from "../contract/contract.ts";

/**
 * Whatever holds bytes as a plain Uint8Array: subclasses such as Node's Buffer turn into JSON of their own. Anything else
 * stays as it is; the engine refuses it by name, the same over every way.
 */
export async function bytesOf(content: BytesLike): Promise<Uint8Array> {
  if (typeof Blob === "function" && content instanceof Blob) return new Uint8Array(await content.arrayBuffer());
  if (ArrayBuffer.isView(content)) {
    const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    // Memory that another thread may change meanwhile, and that structured clones do not copy.
    return content.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
  }
  if (content instanceof ArrayBuffer) return new Uint8Array(content);
  return content as unknown as Uint8Array;
}

/** As {@link bytesOf}, and text as UTF-8. */
export async function contentOf(content: string | BytesLike): Promise<Uint8Array> {
  return typeof content === "string" ? new TextEncoder().encode(content) : bytesOf(content);
}
