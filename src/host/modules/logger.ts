/**
 * The module `logger`: lines of the runtime's `log` event, with fields and names.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import type { LuaValue } from "../../lua/interface.ts";
import type { BuiltInModule } from "./services.ts";

type Fields = Readonly<Record<string, LuaValue>>;

class Logger {
  constructor(
    readonly name: string,
    readonly fields: Fields,
  ) {}
}

export const loggerModule: BuiltInModule = ({ arg, defineModule, defineType, fn, luaError, t }) => {
  const levels = ["debug", "info", "warn", "error"] as const;
  const line = ({ name, fields }: Logger, text: string, more: LuaValue): string => {
    const all = { ...fields, ...(isObject(more) ? more : {}) };
    const facts = Object.entries(all).map(([key, value]) => ` ${key}=${rendered(value)}`);
    return `${name === "" ? "" : `[${name}] `}${text}${facts.join("")}`;
  };
  const LoggerType = defineType("logger.Logger", {
    of: Logger,
    methods: {
      ...Object.fromEntries(
        levels.map((level) => [
          level,
          fn({
            params: [arg.string("text"), arg.table("fields").opt()],
            run: (call, self: Logger, text: string, fields?: LuaValue) => call.log(level, line(self, text, fields)),
          }),
        ]),
      ),
      with: fn({
        params: [arg.table("fields")],
        run: (_call, self: Logger, fields: LuaValue) =>
          new Logger(self.name, { ...self.fields, ...(fields as Fields) }),
      }),
      named: fn({
        params: [arg.string("name")],
        returns: [t.any, t.optional(t.luaError)],
        run: (_call, self: Logger, name: string) => {
          if (name === "") throw luaError("logger name cannot be empty", { kind: "Invalid", retryable: false });
          return new Logger(self.name === "" ? name : `${self.name}.${name}`, self.fields);
        },
      }),
    },
  });
  return defineModule({
    name: "logger",
    description: "Log lines with fields",
    class: ["io"],
    types: [LoggerType],
    build: () => ({ exports: { root: fn({ run: () => new Logger("", {}) }) } }),
    lua: "local host = ... return host.root()",
  });
};

function rendered(value: LuaValue): string {
  if (typeof value === "string") return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  return typeof value === "object"
    ? JSON.stringify(value, (_key, each) => (typeof each === "bigint" ? String(each) : each))
    : String(value);
}
