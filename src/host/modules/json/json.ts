/**
 * The module `json` (host-modules.md §14.2).
 * @module
 */
import { messageOf } from "../../../base/message-of.ts";
import type { Re2 } from "../../../base/text/metered-re2.ts";
import { parseJson } from "../../../base/text/parse-json.ts";
import { mapped, objectOf } from "../../../base/values/members.ts";
import { charge } from "../../../base/work.ts";
import { LuaSkillsError } from "../../../errors.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import { formatPointer } from "../../../schema/pointer.ts";
import { loadRe2, readyValidator, type SchemaValidator } from "../../../schema/validator.ts";
import type { BuiltInModule } from "../services.ts";
import source from "./json.lua?raw";
import { jsonText } from "./json-text.ts";

/** What it costs to copy one value. */
const copyUnits = 30;
/** UTF-16 units: some milliseconds. */
const longestAtOnce = 2 ** 19;

export const jsonModule: BuiltInModule = ({ arg, defineModule, fn, luaError, results, t }) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const internal = (message: string) => luaError(message, { kind: "Internal", retryable: false });

  const parsed = (text: string, what: string, fail: (message: string) => Error): LuaValue => {
    try {
      // JSON.parse would round integers beyond 2^53, and nothing interrupts it.
      return text.length > longestAtOnce || /\d{16}/.test(text) ? parseJson(text) : (JSON.parse(text) as LuaValue);
    } catch (cause) {
      throw fail(`${what}: ${messageOf(cause)}`);
    }
  };
  let re2: Re2 | undefined;
  const hold = (validator: SchemaValidator, data: unknown): true => {
    const problems = validator.problems(data);
    // An empty Lua table may be meant as a list or as an object.
    if (problems.length === 0 || validator.problems(withObjects(data)).length === 0) return true;
    const texts = problems.map(({ path, expected, got }) => `${formatPointer(path)}: expected ${expected}, got ${got}`);
    throw luaError(`validation failed: ${texts[0]}`, { kind: "Invalid", retryable: false, details: { errors: texts } });
  };
  /** Undefined: patterns have to be loaded first. */
  const check = (schema: LuaValue, data: unknown): true | undefined => {
    if (schema === undefined || schema === null) throw invalid("schema is required");
    const rules = typeof schema === "string" ? parsed(schema, "invalid schema", invalid) : schema;
    const list = Array.isArray(rules) && rules.length > 0;
    if (typeof rules !== "boolean" && (typeof rules !== "object" || rules === null || list)) {
      throw invalid("invalid schema: it must be a table or JSON text");
    }
    if (data === undefined) throw invalid("data is required");
    // The run pays, and is stopped by its own limits.
    const validator = readyValidator(withObjects(rules), re2, { most: Number.POSITIVE_INFINITY });
    return validator && hold(validator, data);
  };
  const failed = (error: unknown) => {
    if (!(error instanceof LuaSkillsError)) return results(false, error as object);
    const { code, message } = error;
    return results(false, invalid(code === "invalid_argument" ? `invalid schema: ${message}` : message));
  };
  /** A failed check answers false, not nil. */
  const verdict = (work: () => true | undefined) => {
    try {
      return work();
    } catch (error) {
      return failed(error);
    }
  };

  return defineModule({
    name: "json",
    description: "JSON encoding, decoding and validation",
    class: ["encoding", "deterministic"],
    argErrors: "return",
    lua: source,
    functions: {
      // The half has looked at the value: only what JSON can hold comes here.
      encode: fn({
        params: [arg.any("value").opt()],
        returns: [t.string, t.optional(t.luaError)],
        run: (_call, value) => jsonText(value),
      }),
      decode: fn({
        params: [arg.any("text").opt()],
        returns: [t.any, t.optional(t.luaError)],
        run: (_call, text) => {
          if (typeof text !== "string") throw invalid("json.decode: a string is expected");
          if (text === "") throw invalid("json.decode: the text is empty");
          return parsed(text, "json.decode", internal);
        },
      }),
      validate: fn({
        params: [arg.any("schema").opt(), arg.any("data").opt()],
        returns: [t.optional(t.boolean), t.optional(t.luaError)],
        run: (_call, schema, data) => verdict(() => check(schema, data)),
      }),
      load_patterns: fn({
        returns: [t.boolean],
        run: async () => {
          re2 = await loadRe2();
          return true;
        },
      }),
      validate_string: fn({
        params: [arg.any("schema").opt(), arg.any("text").opt()],
        returns: [t.optional(t.boolean), t.optional(t.luaError)],
        run: (_call, schema, text) =>
          verdict(() => {
            if (typeof text !== "string" || text === "") throw invalid("data is required");
            return check(schema, parsed(text, "invalid JSON", invalid));
          }),
      }),
    },
  });
};

/** Empty lists as empty objects. */
function withObjects(value: unknown): unknown {
  charge(copyUnits);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.length === 0 ? {} : value.map(withObjects);
  return objectOf(mapped(value as Readonly<Record<string, unknown>>, withObjects));
}
