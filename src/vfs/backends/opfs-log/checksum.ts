/**
 * The checksum of everything the log writes: XXH128, 16 bytes. It finds damage, not forgery.
 * @module
 */
import { createXXHash128 } from "hash-wasm";

export const checksumBytes = 16;

/** Of the parts as if they were one. */
export type Checksum = (...parts: readonly Uint8Array[]) => Uint8Array;

// allowed: compiled code, the same for every log
let loaded: Promise<Checksum> | undefined;

export function loadChecksum(): Promise<Checksum> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Checksum> {
  const hasher = await createXXHash128();
  return (...parts) => {
    hasher.init();
    for (const part of parts) hasher.update(part);
    return hasher.digest("binary");
  };
}
