/**
 * The module `uuid`.
 * @module
 */
import { v1, v3, v4, v5, v7 } from "uuid";
import type { BuiltInModule } from "./services.ts";

/** Between the epoch of v1 (15 October 1582) and Unix's, in 100 ns. */
const gregorian = 122_192_928_000_000_000n;
/** Of any version and variant: which it is, is asked afterwards. */
const form = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const uuidModule: BuiltInModule = ({ arg, defineModule, fn, luaError, t }) => {
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const id = arg.any("id").opt();
  const returns = [t.string, t.optional(t.luaError)];
  const known = (value: unknown): string => {
    if (typeof value !== "string" || !form.test(value)) throw invalid("uuid: not a valid UUID");
    return value.toLowerCase();
  };
  const text = (value: unknown, what: string): string => {
    if (typeof value !== "string") throw invalid(`uuid: ${what} must be a string`);
    return value;
  };
  const random = (call: { sideEffect<T extends string>(effect: () => T): Promise<T> }, make: () => string) =>
    call.sideEffect(make);
  const variantOf = (value: string): string => {
    const digit = Number.parseInt(value.charAt(19), 16);
    if (digit < 8) return "NCS";
    if (digit < 12) return "RFC4122";
    return digit < 14 ? "Microsoft" : "Future";
  };
  const made = (make: () => string) => fn({ returns, waits: true, run: (call) => random(call, make) });
  const named = (make: (name: string, namespace: string) => string) =>
    fn({
      params: [arg.any("namespace").opt(), arg.any("name").opt()],
      returns,
      run: (_call, namespace, name) => make(text(name, "name"), known(namespace)),
    });
  return defineModule({
    name: "uuid",
    description: "Universally unique identifiers",
    class: ["nondeterministic", "workflow"],
    // Asked about anything, functions included.
    lua: "local host, type = ..., type local valid = host.validate host.validate = function(id) return type(id) == 'string' and valid(id) end",
    argErrors: "return",
    functions: {
      v1: made(() => v1()),
      v4: made(() => v4()),
      v7: made(() => v7()),
      v3: named((name, namespace) => v3(name, namespace)),
      v5: named((name, namespace) => v5(name, namespace)),
      validate: fn({
        params: [id],
        returns: [t.boolean],
        run: (_call, value) => typeof value === "string" && form.test(value),
      }),
      version: fn({
        params: [id],
        returns: [t.integer, t.optional(t.luaError)],
        run: (_call, value) => version(known(value)),
      }),
      variant: fn({ params: [id], returns, run: (_call, value) => variantOf(known(value)) }),
      parse: fn({
        params: [id],
        returns: [t.table, t.optional(t.luaError)],
        run: (_call, value) => {
          const source = known(value);
          return { version: version(source), variant: variantOf(source), ...details(source) };
        },
      }),
      format: fn({
        params: [id, arg.any("format").opt("standard")],
        returns,
        run: (_call, value, format) => {
          const source = known(value);
          if (format === "standard") return source;
          if (format === "simple") return source.replaceAll("-", "");
          if (format === "urn") return `urn:uuid:${source}`;
          throw invalid(`uuid.format: unknown format ${JSON.stringify(format)}; known: standard, simple, urn`);
        },
      }),
    },
  });
};

const version = (source: string): number => Number.parseInt(source.charAt(14), 16);

/** Seconds since 1970 and the node, where the version has them. */
function details(source: string): { readonly timestamp?: number; readonly node?: string } {
  const hex = source.replaceAll("-", "");
  if (version(source) === 7) return { timestamp: Math.floor(Number.parseInt(hex.slice(0, 12), 16) / 1000) };
  if (version(source) !== 1) return {};
  const ticks = BigInt(`0x${hex.slice(13, 16)}${hex.slice(8, 12)}${hex.slice(0, 8)}`) - gregorian;
  return { timestamp: Number(ticks / 10_000_000n), node: source.slice(24) };
}
