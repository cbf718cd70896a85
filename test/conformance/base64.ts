import { decodeBase64 } from "../../src/base/bytes/base64.ts";

export { encodeBase64 as toBase64 } from "../../src/base/bytes/base64.ts";

/** Standard base64 → bytes; line breaks and spaces of a YAML block are allowed. */
export function fromBase64(text: string): Uint8Array {
  return decodeBase64(text.replace(/\s+/g, ""));
}
