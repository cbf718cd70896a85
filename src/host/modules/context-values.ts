/**
 * The modules `ctx` (what the host gave this run) and `env` (variables the host exposes, changes in memory only).
 * @module
 */
import { members, objectOf } from "../../base/values/members.ts";
import type { LuaValue } from "../../lua/interface.ts";
import type { Call } from "../../modules/definition/interface.ts";
import type { BuiltInModule } from "./services.ts";

export const ctxModule: BuiltInModule = ({ arg, defineModule, fn, luaError, t }) =>
  defineModule({
    name: "ctx",
    description: "Values of the run",
    class: ["nondeterministic", "workflow"],
    argErrors: "return",
    functions: {
      get: fn({
        params: [arg.any("key").opt()],
        returns: [t.any, t.optional(t.luaError)],
        run: (call, key) => {
          if (typeof key !== "string" || key === "") {
            throw luaError("ctx.get: the key must be a text that is not empty", { kind: "Invalid", retryable: false });
          }
          const value = call.context.get(key);
          if (value === undefined || value === null) {
            throw luaError(`no value for key: ${key}`, { kind: "NotFound", retryable: false });
          }
          return value;
        },
      }),
      all: fn({ returns: [t.table, t.optional(t.luaError)], run: (call) => objectOf(members(call.context.all())) }),
    },
  });

/** What the variables of the host and of Lua take together. */
const mostEnvBytes = 2 ** 20;

export const envModule: BuiltInModule = ({ arg, defineModule, fn, luaError, t }, { host }) => {
  const values = new Map(Object.entries(host.env));
  const bytesOf = (key: string, value: string | undefined) => (value === undefined ? 0 : key.length + value.length);
  let bytes = [...values].reduce((sum, [key, value]) => sum + bytesOf(key, value), 0);
  function* visible(call: Call): Generator<readonly [name: string, value: LuaValue]> {
    for (const [key, value] of values) if (call.security.allowed("env.get", key)) yield [key, value];
  }
  const checked = (key: unknown): string => {
    if (typeof key === "string" && key !== "") return key;
    throw luaError("env: the name of the variable must be a text that is not empty", {
      kind: "Invalid",
      retryable: false,
    });
  };
  const params = [arg.any("key").opt()] as const;
  return defineModule({
    name: "env",
    description: "Variables the host exposes",
    class: ["process", "nondeterministic"],
    argErrors: "return",
    permissions: ["env.get", "env.set"],
    functions: {
      get: fn({
        params,
        returns: [t.string, t.optional(t.luaError)],
        run: (call, given) => {
          const key = checked(given);
          call.require("env.get", key);
          const value = values.get(key);
          if (value === undefined) throw luaError(`variable not found: ${key}`, { kind: "NotFound", retryable: false });
          return value;
        },
      }),
      get_all: fn({
        returns: [t.map(t.string, t.string), t.optional(t.luaError)],
        run: (call) => objectOf(visible(call)),
      }),
      set: fn({
        params: [...params, arg.any("value").opt()],
        returns: [t.boolean, t.optional(t.luaError)],
        run: (call, given, value) => {
          const key = checked(given);
          if (typeof value !== "string")
            throw luaError("env.set: the value must be a string", { kind: "Invalid", retryable: false });
          call.require("env.set", key);
          const after = bytes - bytesOf(key, values.get(key)) + bytesOf(key, value);
          if (after > Math.max(bytes, mostEnvBytes))
            throw luaError(`env.set: the variables may take ${mostEnvBytes} bytes together`, {
              kind: "Unavailable",
              retryable: false,
            });
          bytes = after;
          values.set(key, value);
          return true;
        },
      }),
    },
  });
};
