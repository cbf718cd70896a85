import type { LuaValue } from "../../lua/interface.ts";
import type { DecodedText } from "../io/encodings.ts";

/** The three fields a decoded stream adds to a result (vulcan-api.md §10.1). */
export function outputFields(name: "stdout" | "stderr", decoded: DecodedText): Record<string, LuaValue> {
  return {
    [`${name}_encoding`]: decoded.encoding,
    [`${name}_lossy`]: decoded.lossy,
    [`${name}_base64`]: decoded.base64 ?? null,
  };
}
