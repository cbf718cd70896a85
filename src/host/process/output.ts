/**
 * Decoded output of a program in a result (spec vulcan-api.md §10.1).
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import type { DecodedText } from "../io/encodings.ts";

/** The three fields a decoded stream adds to a result (§10.1). */
export function stream(name: "stdout" | "stderr", decoded: DecodedText): Record<string, LuaValue> {
  return {
    [`${name}_encoding`]: decoded.encoding,
    [`${name}_lossy`]: decoded.lossy,
    [`${name}_base64`]: decoded.base64 ?? null,
  };
}
