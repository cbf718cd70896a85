/**
 * The shell holds bytes as text of one character a byte; these go between that and arrays.
 * @module
 */
const encoder = new TextEncoder();
const pieceLength = 8_192;

export function bytesToLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += pieceLength) {
    text += String.fromCharCode(...bytes.subarray(at, at + pieceLength));
  }
  return text;
}

export function latin1ToBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** What a command wrote: text as UTF-8, or bytes where it says so. */
export function contentBytes(content: string | Uint8Array, encoding: string | undefined): Uint8Array {
  if (typeof content !== "string") return content;
  // Diagnostics are written as bytes and may hold file names in any script.
  const plain = (encoding === "binary" || encoding === "latin1") && !/[^\0-\xff]/.test(content);
  return plain ? latin1ToBytes(content) : encoder.encode(content);
}
