import { latin1ToBytes } from "../../base/bytes/latin1.ts";

const encoder = new TextEncoder();

/** What a command wrote: text as UTF-8, or bytes where it says so. */
export function contentBytes(content: string | Uint8Array, encoding: string | undefined): Uint8Array {
  if (typeof content !== "string") return content;
  // Diagnostics are written as bytes and may hold file names in any script.
  const plain = (encoding === "binary" || encoding === "latin1") && !/[^\0-\xff]/.test(content);
  return plain ? latin1ToBytes(content) : encoder.encode(content);
}
