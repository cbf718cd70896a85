/**
 * `openssl.digest`, `openssl.hmac` and `openssl.rand` with the surface of luaossl.
 * @module
 */

import { hmac } from "@noble/hashes/hmac.js";
import { md5, ripemd160, sha1 } from "@noble/hashes/legacy.js";
import { sha224, sha256, sha384, sha512, sha512_256 } from "@noble/hashes/sha2.js";
import { sha3_224, sha3_256, sha3_384, sha3_512 } from "@noble/hashes/sha3.js";
import type { CHash } from "@noble/hashes/utils.js";
import { charge } from "../../base/work.ts";
import { type HostFunctions, LuaRaise, type Prelude } from "../../lua/interface.ts";
import { digestedKey, digestInParts } from "../modules/digest-in-parts.ts";
import source from "./openssl.lua?raw";

export function opensslPreludes(): readonly Prelude[] {
  return [{ name: "=openssl", source, functions: opensslFunctions }];
}

const digests: ReadonlyMap<string, CHash> = new Map<string, CHash>([
  ["md5", md5],
  ["sha1", sha1],
  ["ripemd160", ripemd160],
  ["rmd160", ripemd160],
  ["sha224", sha224],
  ["sha256", sha256],
  ["sha384", sha384],
  ["sha512", sha512],
  ["sha512-256", sha512_256],
  ["sha3-224", sha3_224],
  ["sha3-256", sha3_256],
  ["sha3-384", sha3_384],
  ["sha3-512", sha3_512],
]);

const named = (name: string | undefined): CHash | undefined => digests.get((name ?? "").toLowerCase());

function digest(name: string | undefined): CHash {
  const found = named(name);
  if (found === undefined) throw new LuaRaise(`no digest is called ${name}`);
  return found;
}

const opensslFunctions: HostFunctions = {
  has_digest: (args) => named(args.text(1)) !== undefined,
  digest: (args) => digestInParts(digest(args.text(1)).create(), args.bytes(2)),
  hmac: (args) => {
    const hash = digest(args.text(1));
    return digestInParts(hmac.create(hash, digestedKey(hash, args.bytes(2))), args.bytes(3));
  },
  random: (args) => {
    charge(args.number(1), args.number(1));
    const bytes = new Uint8Array(args.number(1));
    for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    return bytes;
  },
};
