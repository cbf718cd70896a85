/**
 * Bytes as text of one character a byte, and back: whatever they mean, nothing of them is lost.
 * @module
 */

/** More arguments of one call than engines take. */
const pieceLength = 8_192;

export function bytesToLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += pieceLength) {
    text += String.fromCharCode(...bytes.subarray(at, at + pieceLength));
  }
  return text;
}

/** Of characters beyond 255 the lower eight bits. */
export function latin1ToBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
