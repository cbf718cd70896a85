/**
 * SHA-256: at once, or through WebCrypto for bytes that may be large.
 * @module
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { LuaSkillsError } from "../../errors.ts";

/** 64 lowercase hex digits, without a wait: WebCrypto is asynchronous and missing on insecure origins. */
export function sha256Hex(bytes: Uint8Array): string {
  return hex(sha256(bytes));
}

/**
 * 64 lowercase hex digits through WebCrypto, which does not block the thread for long.
 * @throws LuaSkillsError `capability_unavailable` on insecure origins, which have no WebCrypto
 */
export async function digestSha256Hex(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new LuaSkillsError(
      "capability_unavailable",
      "checksums need WebCrypto, which browsers only give to secure origins; serve the page over https or from localhost",
    );
  }
  return hex(new Uint8Array(await subtle.digest("SHA-256", bytes.slice())));
}

export function isSha256Hex(text: string): boolean {
  return /^[0-9a-fA-F]{64}$/.test(text);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
