/**
 * Digests of texts of any length, which are paid for part by part.
 * @module
 */
import type { CHash } from "@noble/hashes/utils.js";
import { charge } from "../../base/work.ts";

const partBytes = 64 * 1024;
/** Some ten nanoseconds a byte. */
const unitsPerByte = 0.5;

interface Digesting {
  update(part: Uint8Array): unknown;
  digest(): Uint8Array;
}

export function updateInParts(hash: Pick<Digesting, "update">, data: Uint8Array): void {
  for (let at = 0; at < data.length; at += partBytes) {
    const part = data.subarray(at, at + partBytes);
    charge(part.length * unitsPerByte);
    hash.update(part);
  }
}

export function digestInParts(hash: Digesting, data: Uint8Array): Uint8Array {
  updateInParts(hash, data);
  return hash.digest();
}

/** HMAC takes a key that is longer than a block by its digest. */
export function digestedKey(hash: CHash, key: Uint8Array): Uint8Array {
  return key.length > hash.blockLen ? digestInParts(hash.create(), key) : key;
}
