/**
 * The module `hash`: digests and keyed digests, lower-case hex or bytes.
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { charge } from "../../base/work.ts";
import { digestedKey, digestInParts } from "./digest-in-parts.ts";
import type { BuiltInModule } from "./services.ts";

/** A step of whole numbers beyond 53 bits. */
const stepUnits = 15;

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
    fn({
      params: [data, raw],
      returns,
      run: (_call, text, wanted) => shaped(digestInParts(digest.create(), bytesOf(text, "data")), wanted),
    }),
  ]);
  const keyed = Object.entries(digests).map(([name, digest]) => [
    `hmac_${name}`,
    fn({
      params: [data, arg.any("secret").opt(), raw],
      returns,
      run: (_call, text, secret, wanted) =>
        shaped(
          digestInParts(hmac.create(digest, digestedKey(digest, bytesOf(secret, "secret"))), bytesOf(text, "data")),
          wanted,
        ),
    }),
  ]);
  const fnv = (name: string, bits: number, digest: (bytes: Uint8Array) => bigint) =>
    fn({
      params: [data],
      returns: [t.integer, t.optional(t.luaError)],
      description: `FNV-1a of ${bits} bits`,
      run: (_call, text) => digest(bytesOf(text, `hash.${name}: data`)),
    });
  return defineModule({
    name: "hash",
    description: "Digests, keyed digests and checksums",
    class: ["encoding", "security", "deterministic"],
    argErrors: "return",
    functions: {
      ...Object.fromEntries([...plain, ...keyed]),
      fnv32: fnv("fnv32", 32, fnv32),
      fnv64: fnv("fnv64", 64, fnv64),
    },
  });
};

function fnv32(bytes: Uint8Array): bigint {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) {
    if ((i & 0xfff) === 0) charge(0x400);
    hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  }
  return BigInt(hash >>> 0);
}

function fnv64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < bytes.length; i++) {
    if ((i & 0xff) === 0) charge(0x100 * stepUnits);
    hash = BigInt.asUintN(64, (hash ^ BigInt(bytes[i] ?? 0)) * 0x100000001b3n);
  }
  return BigInt.asIntN(64, hash);
}
