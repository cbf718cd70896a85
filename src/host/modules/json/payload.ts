/**
 * The module `payload`: values with the name of their format, as futures hand them out where it is granted (host-modules.md §14.9).
 * @module
 */

import { parseJson } from "../../../base/text/parse-json.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { BuiltInModule } from "../services.ts";
import { jsonText } from "./json-text.ts";
import source from "./payload.lua?raw";

export const payloadModule: BuiltInModule = ({ arg, defineModule, fn, luaError, t }) => {
  const internal = (message: string, cause?: unknown) =>
    luaError(message, { kind: "Internal", retryable: false, ...(cause === undefined ? {} : { cause }) });
  return defineModule({
    name: "payload",
    description: "Values with the name of their format",
    class: ["encoding", "deterministic"],
    argErrors: "return",
    globals: ["payload"],
    lua: source,
    functions: {
      encode: fn({
        params: [arg.any("value").opt()],
        returns: [t.string, t.optional(t.luaError)],
        run: (_call, value) => jsonText(value as LuaValue),
      }),
      decode: fn({
        params: [arg.string("text")],
        returns: [t.any, t.optional(t.luaError)],
        run: (_call, text) => {
          try {
            return parseJson(text) as LuaValue;
          } catch (cause) {
            throw internal("payload.data: the text is not JSON", cause);
          }
        },
      }),
    },
  });
};
