/**
 * SHA-256 through WebCrypto, for bytes that may be large: it does not block the thread for long.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";

/** 64 lowercase hex digits. @throws LuaSkillsError `capability_unavailable` on insecure origins, which have no WebCrypto */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new LuaSkillsError(
      "capability_unavailable",
      "checksums need WebCrypto, which browsers only give to secure origins; serve the page over https or from localhost",
    );
  }
  const digest = await subtle.digest("SHA-256", bytes.slice());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
