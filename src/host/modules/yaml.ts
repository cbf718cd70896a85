/**
 * The module `yaml`.
 * @module
 */
import type { LuaValue } from "../../lua/interface.ts";
import type { BuiltInModule } from "./services.ts";

/** The parser is the package's own, which skills are read with, too. */
export const yamlModule =
  ({ parse, stringify }: Pick<typeof import("yaml"), "parse" | "stringify">): BuiltInModule =>
  ({ arg, defineModule, fn, luaError, t }) => {
    const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
    return defineModule({
      name: "yaml",
      description: "YAML encoding and decoding",
      class: ["encoding", "deterministic"],
      functions: {
        encode: fn({
          params: [arg.any("value").opt(), arg.table("options").opt()],
          returns: [t.string, t.optional(t.luaError)],
          run: (_call, value, options) => {
            if (typeof value !== "object" || value === null || value instanceof Uint8Array)
              throw invalid("yaml.encode: a table is expected");
            const given = (Array.isArray(options) ? {} : (options ?? {})) as Readonly<Record<string, LuaValue>>;
            const first = Array.isArray(given.field_order) ? given.field_order.map(String) : [];
            return stringify(ordered(value, first, given.sort_unordered !== false), { aliasDuplicateObjects: false });
          },
        }),
        decode: fn({
          params: [arg.any("text").opt()],
          returns: [t.any, t.optional(t.luaError)],
          run: (_call, text) => {
            if (typeof text !== "string") throw invalid("yaml.decode: a string is expected");
            if (text.trim() === "") throw invalid("yaml.decode: the text is empty");
            try {
              return parse(text, { intAsBigInt: true, maxAliasCount: 100, schema: "core" }) as LuaValue;
            } catch (cause) {
              throw luaError(`yaml.decode: ${(cause as Error).message}`, { kind: "Internal", retryable: false, cause });
            }
          },
        }),
      },
    });
  };

/** Named fields first, the others sorted by name unless the order does not matter. */
function ordered(value: LuaValue, first: readonly string[], sort: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => ordered(each, first, sort));
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (typeof value !== "object" || value === null) return value;
  const table = value as Readonly<Record<string, LuaValue>>;
  const keys = Object.keys(table);
  const others = keys.filter((key) => !first.includes(key));
  const order = [...first.filter((key) => Object.hasOwn(table, key)), ...(sort ? others.sort() : others)];
  return Object.fromEntries(order.map((key) => [key, ordered(table[key], first, sort)]));
}
