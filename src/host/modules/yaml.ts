/**
 * The module `yaml`.
 * @module
 */
import { charge } from "../../base/work.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { meteredTags, parseDocuments, type YamlParts } from "../bundle/data/metered-yaml.ts";
import type { BuiltInModule } from "./services.ts";

type YamlPackage = YamlParts & Pick<typeof import("yaml"), "isScalar" | "stringify" | "visit">;

/** What a key of a table costs. */
const keyUnits = 30;

/** The parser is the package's own, which skills are read with, too. */
export const yamlModule =
  (yaml: YamlPackage): BuiltInModule =>
  ({ arg, defineModule, fn, luaError, t }) => {
    const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
    return defineModule({
      name: "yaml",
      description: "YAML encoding and decoding",
      class: ["encoding", "deterministic"],
      argErrors: "return",
      functions: {
        encode: fn({
          params: [arg.any("value").opt(), arg.table("options").opt()],
          returns: [t.string, t.optional(t.luaError)],
          run: (_call, value, options) => {
            if (typeof value !== "object" || value === null || value instanceof Uint8Array)
              throw invalid("yaml.encode: a table is expected");
            const given = (Array.isArray(options) ? {} : (options ?? {})) as Readonly<Record<string, LuaValue>>;
            const first = Array.isArray(given.field_order) ? given.field_order.map(String) : [];
            const rank = new Map(first.map((key, i) => [key, i]));
            return yaml.stringify(ordered(value, rank, given.sort_unordered !== false), {
              aliasDuplicateObjects: false,
              customTags: meteredTags,
            });
          },
        }),
        decode: fn({
          params: [arg.any("text").opt()],
          returns: [t.any, t.optional(t.luaError)],
          run: (_call, text) => {
            if (typeof text !== "string") throw invalid("yaml.decode: a string is expected");
            if (text.trim() === "") throw invalid("yaml.decode: the text is empty");
            try {
              return decoded(yaml, text);
            } catch (cause) {
              throw luaError(`yaml.decode: ${(cause as Error).message}`, { kind: "Internal", retryable: false, cause });
            }
          },
        }),
      },
    });
  };

function decoded(yaml: YamlPackage, text: string): LuaValue {
  const [document, ...more] = parseDocuments(yaml, text, {
    intAsBigInt: true,
    merge: true,
    schema: "core",
    uniqueKeys: false,
  });
  if (document === undefined) return null;
  const [error] = document.errors;
  if (error) throw error;
  if (more.length > 0) throw new Error("the text has more than one document");
  // By itself the package compares every key of a map with every other.
  yaml.visit(document, {
    Map: (_, { items }) => {
      charge(keyUnits * items.length);
      const keys = items.map(({ key }) => (yaml.isScalar(key) ? key.value : key));
      if (new Set(keys).size < keys.length) throw new Error("Map keys must be unique");
    },
  });
  return document.toJS({ maxAliasCount: 100 }) as LuaValue;
}

/** Named fields first, the others sorted by name unless the order does not matter. */
function ordered(value: LuaValue, rank: ReadonlyMap<string, number>, sort: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => ordered(each, rank, sort));
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (typeof value !== "object" || value === null) return value;
  const table = value as Readonly<Record<string, LuaValue>>;
  const keys = Object.keys(table);
  charge(keyUnits * keys.length);
  const others = keys.filter((key) => !rank.has(key));
  const first = keys.filter((key) => rank.has(key)).sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  const order = [...first, ...(sort ? others.sort() : others)];
  return Object.fromEntries(order.map((key) => [key, ordered(table[key], rank, sort)]));
}
