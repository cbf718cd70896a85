/**
 * CRC-32 as zip uses it. fflate has one but keeps it to itself.
 * @module
 */
export const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** @param before of the bytes in front of these */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = (before ^ 0xffffffff) >>> 0;
  for (let i = 0; i < bytes.length; i++) {
    value = (value >>> 8) ^ (crcTable[(value ^ (bytes[i] as number)) & 255] as number);
  }
  return (value ^ 0xffffffff) >>> 0;
}
