/**
 * The module `crypto`: chance, keyed digests, authenticated encryption, tokens, key derivation.
 * @module
 */
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes } from "@noble/hashes/utils.js";
import { importPKCS8, importSPKI, jwtVerify, SignJWT } from "jose";
import { charge } from "../../../base/work.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import { digestedKey, digestInParts } from "../digest-in-parts.ts";
import type { BuiltInModule } from "../services.ts";
import source from "./crypto.lua?raw";
import { derivedKey } from "./derived-key.ts";

const NONCE = 12;
const ciphers = { aes: gcm, chacha20: chacha20poly1305 };
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const mostBytes = 1024 * 1024;
const mostCiphered = 2 ** 19;
/** Of what is signed, and of a key: both are digested in one go. */
const mostToken = 2 ** 20;
const mostKey = 64 * 1024;
const mostLetters = 64 * 1024;
/** Bytes compared between two bookings. */
const comparedBytes = 4096;
/** What a number of chance costs. */
const randomUnits = 5;

export const cryptoModule: BuiltInModule = ({ arg, defineModule, fn, luaError, t }) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const text = [t.string, t.optional(t.luaError)];
  const random = (size: number) => crypto.getRandomValues(new Uint8Array(size));
  const sized = (size: number, what: string) => {
    if (size < 1 || size > mostBytes) throw invalid(`crypto.${what}: the length must be from 1 to ${mostBytes}`);
    return size;
  };
  const keyed = (digest: typeof sha256 | typeof sha512) =>
    fn({
      params: [arg.bytes("key"), arg.bytes("data")],
      returns: text,
      run: (_call, key, data) => {
        if (key.length === 0) throw invalid("crypto.hmac: the key is empty");
        return bytesToHex(digestInParts(hmac.create(digest, digestedKey(digest, key)), data));
      },
    });
  const checkKey = (name: keyof typeof ciphers, key: Uint8Array) => {
    const lengths = name === "aes" ? [16, 24, 32] : [32];
    if (!lengths.includes(key.length))
      throw invalid(`crypto: the key of ${name} has ${lengths.join(", ")} bytes, not ${key.length}`);
  };
  // A cipher takes its data in one go.
  const bounded = (data: Uint8Array, name: string) => {
    if (data.length > mostCiphered) throw invalid(`crypto: ${name} takes at most ${mostCiphered} bytes at once`);
    charge(4 * data.length);
  };
  const encrypting = (name: keyof typeof ciphers) =>
    fn({
      params: [arg.bytes("data"), arg.bytes("key"), arg.bytes("aad").opt()],
      returns: text,
      waits: true,
      run: async (call, data, key, aad) => {
        checkKey(name, key);
        bounded(data, name);
        const nonce = (await call.sideEffect(() => random(NONCE))) as Uint8Array;
        return concatBytes(nonce, ciphers[name](key, nonce, aad).encrypt(data));
      },
    });
  const decrypting = (name: keyof typeof ciphers) =>
    fn({
      params: [arg.bytes("data"), arg.bytes("key"), arg.bytes("aad").opt()],
      returns: text,
      run: (_call, data, key, aad) => {
        checkKey(name, key);
        bounded(data, name);
        if (data.length < NONCE + 16) throw invalid("crypto: the data is too short");
        try {
          return ciphers[name](key, data.subarray(0, NONCE), aad).decrypt(data.subarray(NONCE));
        } catch (cause) {
          throw luaError("crypto: the data cannot be decrypted with this key", {
            kind: "Internal",
            retryable: false,
            cause,
          });
        }
      },
    });

  const algorithms = ["HS256", "HS384", "HS512", "RS256", "ES256", "EdDSA"];
  const tokenKey = async (key: Uint8Array, algorithm: string, use: "sign" | "verify") => {
    if (key.length > mostKey) throw invalid(`crypto.jwt: the key is longer than ${mostKey} bytes`);
    if (!algorithms.includes(algorithm))
      throw invalid(`crypto.jwt: unknown algorithm ${algorithm}; known: ${algorithms.join(", ")}`);
    if (key.length === 0) throw invalid("crypto.jwt: the key is empty");
    if (algorithm.startsWith("HS")) return key;
    const pem = new TextDecoder().decode(key);
    return use === "sign" ? importPKCS8(pem, algorithm) : importSPKI(pem, algorithm);
  };

  return defineModule({
    name: "crypto",
    description: "Chance, digests, encryption and tokens",
    class: ["security", "nondeterministic", "workflow"],
    lua: source,
    functions: {
      "random.bytes": fn({
        params: [arg.int("length")],
        returns: text,
        waits: true,
        run: (call, length) => call.sideEffect(() => random(sized(length, "random.bytes"))),
      }),
      "random.string": fn({
        params: [arg.int("length"), arg.string("charset").opt(letters)],
        returns: text,
        waits: true,
        run: (call, length, charset) => {
          if (charset.length > mostLetters)
            throw invalid(`crypto.random.string: the charset is longer than ${mostLetters} characters`);
          const among = [...charset];
          if (among.length === 0) throw invalid("crypto.random.string: the charset is empty");
          return call.sideEffect(() => {
            let out = "";
            // Values above the last whole multiple would favour the first characters.
            const values = new Uint32Array(Math.min(1024, length));
            let next = values.length;
            const fair = 2 ** 32 - (2 ** 32 % among.length);
            for (let left = sized(length, "random.string"); left > 0; ) {
              if (next === values.length) {
                charge(values.length * randomUnits);
                crypto.getRandomValues(values);
                next = 0;
              }
              const value = values[next++] ?? 0;
              if (value >= fair) continue;
              out += among[value % among.length];
              left--;
            }
            return out;
          });
        },
      }),
      "random.uuid": fn({ returns: text, waits: true, run: (call) => call.sideEffect(() => crypto.randomUUID()) }),
      "hmac.sha256": keyed(sha256),
      "hmac.sha512": keyed(sha512),
      "encrypt.aes": encrypting("aes"),
      "encrypt.chacha20": encrypting("chacha20"),
      "decrypt.aes": decrypting("aes"),
      "decrypt.chacha20": decrypting("chacha20"),
      "jwt.encode": fn({
        params: [arg.table("payload"), arg.bytes("key"), arg.string("algorithm").opt("HS256")],
        returns: text,
        run: async (_call, payload, key, algorithm) => {
          if (Array.isArray(payload) && payload.length > 0)
            throw invalid("crypto.jwt.encode: the payload must be a table with named fields");
          // An empty Lua table is an empty list.
          const claims = (Array.isArray(payload) ? {} : payload) as Record<string, unknown>;
          if (JSON.stringify(claims).length > mostToken)
            throw invalid(`crypto.jwt.encode: the payload is longer than ${mostToken} characters`);
          return new SignJWT(claims)
            .setProtectedHeader({ alg: algorithm, typ: "JWT" })
            .sign(await tokenKey(key, algorithm, "sign"));
        },
      }),
      "jwt.verify": fn({
        params: [arg.string("token"), arg.bytes("key"), arg.string("algorithm").opt("HS256")],
        returns: [t.table, t.optional(t.luaError)],
        run: async (call, token, key, algorithm) => {
          if (token.length > 2 * mostToken)
            throw invalid(`crypto.jwt.verify: the token is longer than ${2 * mostToken} characters`);
          const verifying = await tokenKey(key, algorithm, "verify");
          try {
            const { payload } = await jwtVerify(token, verifying as Uint8Array, {
              algorithms: [algorithm],
              currentDate: new Date(call.now()),
            });
            return payload as LuaValue;
          } catch (cause) {
            throw luaError(`crypto.jwt.verify: ${(cause as Error).message}`, {
              kind: "PermissionDenied",
              retryable: false,
              cause,
            });
          }
        },
      }),
      pbkdf2: fn({
        params: [
          arg.bytes("password"),
          arg.bytes("salt"),
          arg.int("iterations"),
          arg.int("length"),
          arg.string("hash").opt("sha256"),
        ],
        returns: text,
        run: async (_call, password, salt, iterations, length, hash) => {
          if (password.length === 0) throw invalid("crypto.pbkdf2: the password is empty");
          if (salt.length === 0) throw invalid("crypto.pbkdf2: the salt is empty");
          if (iterations < 1 || iterations > 10_000_000)
            throw invalid("crypto.pbkdf2: iterations must be from 1 to 10000000");
          if (hash !== "sha256" && hash !== "sha512") throw invalid("crypto.pbkdf2: the hash must be sha256 or sha512");
          const digest = hash === "sha256" ? sha256 : sha512;
          return derivedKey(digest, password, salt, iterations, sized(length, "pbkdf2"));
        },
      }),
      constant_time_compare: fn({
        params: [arg.bytes("a"), arg.bytes("b")],
        returns: [t.boolean],
        run: (_call, a, b) => {
          let difference = a.length ^ b.length;
          for (let i = 0; i < a.length; i++) {
            if (i % comparedBytes === 0) charge(comparedBytes);
            difference |= (a[i] ?? 0) ^ (b[i % Math.max(1, b.length)] ?? 0);
          }
          return difference === 0;
        },
      }),
    },
  });
};
