/**
 * The module `hash`: digests and keyed digests, lower-case hex or bytes.
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { BuiltInModule } from "./services.ts";

const digests = { md5, sha1, sha256, sha512 };

export const hashModule: BuiltInModule = ({ arg, defineModule, fn, luaError, t }) => {
  const returns = [t.string, t.optional(t.luaError)];
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const bytesOf = (value: unknown, what: string) => {
    if (value instanceof Uint8Array) return value;
    if (typeof value === "string") return new TextEncoder().encode(value);
    throw invalid(`${what} must be a string`);
  };
  const shaped = (digest: Uint8Array, raw: unknown) => {
    if (raw !== undefined && typeof raw !== "boolean") throw invalid("raw must be a boolean");
    return raw ? digest : bytesToHex(digest);
  };
  const data = arg.any("data").opt();
  const raw = arg.any("raw").opt();
  const plain = Object.entries(digests).map(([name, digest]) => [
    name,
    fn({ params: [data, raw], returns, run: (_call, text, wanted) => shaped(digest(bytesOf(text, "data")), wanted) }),
  ]);
  const keyed = Object.entries(digests).map(([name, digest]) => [
    `hmac_${name}`,
    fn({
      params: [data, arg.any("secret").opt(), raw],
      returns,
      run: (_call, text, secret, wanted) =>
        shaped(hmac(digest, bytesOf(secret, "secret"), bytesOf(text, "data")), wanted),
    }),
  ]);
  const fnv = (name: string, offset: bigint, prime: bigint, bits: number) =>
    fn({
      params: [data],
      returns: [t.integer, t.optional(t.luaError)],
      description: `FNV-1a of ${bits} bits`,
      run: (_call, text) => {
        let hash = offset;
        for (const byte of bytesOf(text, `hash.${name}: data`))
          hash = BigInt.asUintN(bits, (hash ^ BigInt(byte)) * prime);
        return BigInt.asIntN(64, hash);
      },
    });
  return defineModule({
    name: "hash",
    description: "Digests, keyed digests and checksums",
    class: ["encoding", "security", "deterministic"],
    functions: {
      ...Object.fromEntries([...plain, ...keyed]),
      fnv32: fnv("fnv32", 0x811c9dc5n, 0x01000193n, 32),
      fnv64: fnv("fnv64", 0xcbf29ce484222325n, 0x100000001b3n, 64),
    },
  });
};
