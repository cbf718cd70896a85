/**
 * The module `base64`: RFC 4648 with padding.
 * @module
 */
import { decodeBase64, encodeBase64 } from "../../base/bytes/base64.ts";
import type { BuiltInModule } from "./services.ts";

export const base64Module: BuiltInModule = ({ arg, defineModule, fn, luaError, t }) => {
  const fallible = [t.string, t.optional(t.luaError)];
  const params = [arg.any("text").opt()] as const;
  const bytesOf = (value: unknown, name: string) => {
    if (value instanceof Uint8Array) return value;
    if (typeof value === "string") return new TextEncoder().encode(value);
    throw luaError(`base64.${name}: a string is expected`, { kind: "Invalid", retryable: false });
  };
  return defineModule({
    name: "base64",
    description: "Base64 encoding and decoding",
    class: ["encoding", "deterministic"],
    argErrors: "return",
    functions: {
      encode: fn({ params, returns: fallible, run: (_call, text) => encodeBase64(bytesOf(text, "encode")) }),
      decode: fn({
        params,
        returns: fallible,
        run: (_call, text) => {
          const source = new TextDecoder().decode(bytesOf(text, "decode"));
          try {
            return decodeBase64(source);
          } catch (cause) {
            throw luaError(`base64.decode: illegal base64 data: ${(cause as Error).message}`, {
              kind: "Invalid",
              retryable: false,
              cause,
            });
          }
        },
      }),
    },
  });
};
