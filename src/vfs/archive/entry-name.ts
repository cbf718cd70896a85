import { crc32 } from "../../base/bytes/crc32.ts";

/** What DOS and Windows tools write: code page 437 from 0x80 on. */
const upperHalf =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
/** Info-ZIP's field with the name in UTF-8, for readers that know it. */
export const unicodePathField = 0x7075;

/**
 * Names without the UTF-8 flag are CP437 by the book and UTF-8 in practice. The Unicode field counts as long as it was made for
 * this very name.
 */
export function entryName(bytes: Uint8Array, isUtf8: boolean, unicodePath: Uint8Array | undefined): string {
  if (unicodePath !== undefined && unicodePath.length > 5 && unicodePath[0] === 1) {
    const sum = new DataView(unicodePath.buffer, unicodePath.byteOffset).getUint32(1, true);
    if (sum === crc32(bytes)) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(unicodePath.subarray(5));
  }
  try {
    return new TextDecoder("utf-8", { fatal: !isUtf8 }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : upperHalf[byte - 128])).join("");
  }
}
