/**
 * SHA-256 without a wait: WebCrypto is asynchronous and missing on insecure origins.
 * @module
 */
import { sha256 } from "@noble/hashes/sha2.js";

/** 64 lowercase hex digits. */
export function sha256Hex(bytes: Uint8Array): string {
  return Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isSha256Hex(text: string): boolean {
  return /^[0-9a-fA-F]{64}$/.test(text);
}
