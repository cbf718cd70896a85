/**
 * The module `logger`: lines of the runtime's `log` event, with fields and names.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import { quoteJson } from "../../base/text/quote-json.ts";
import { keptBytes } from "../../base/values/kept-copy.ts";
import { members, objectOf } from "../../base/values/members.ts";
import type { LuaValue } from "../../lua/interface.ts";
import type { HeldBytes } from "./held-bytes.ts";
import { jsonText } from "./json/json-text.ts";
import type { BuiltInModule } from "./services.ts";

type Fields = Readonly<Record<string, LuaValue>>;

class Logger {
  readonly #bytes: number;
  constructor(
    readonly name: string,
    readonly fields: Fields,
    private readonly held: HeldBytes,
  ) {
    this.#bytes = keptBytes(fields);
    held.take(this.#bytes);
  }

  /** @throws LuaSkillsError `quota_exceeded` */
  like(name: string, fields: Fields): Logger {
    return new Logger(name, fields, this.held);
  }

  release(): void {
    this.held.give(this.#bytes);
  }
}

const both = (fields: Fields, more: LuaValue): Fields => {
  const out = objectOf(members(fields));
  if (isObject(more)) for (const [key, value] of members(more as Fields)) out[key] = value;
  return out;
};

export const loggerModule: BuiltInModule = ({ arg, defineModule, defineType, fn, luaError, t }, { heldBy }) => {
  const levels = ["debug", "info", "warn", "error"] as const;
  const line = ({ name, fields }: Logger, text: string, more: LuaValue): string => {
    const parts = [name === "" ? text : `[${name}] ${text}`];
    for (const [key, value] of members(both(fields, more))) parts.push(` ${key}=${rendered(value)}`);
    return parts.join("");
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
        returns: [t.any, t.optional(t.luaError)],
        run: (_call, self: Logger, fields: LuaValue) => self.like(self.name, both(self.fields, fields)),
      }),
      named: fn({
        params: [arg.string("name")],
        returns: [t.any, t.optional(t.luaError)],
        run: (_call, self: Logger, name: string) => {
          if (name === "") throw luaError("logger name cannot be empty", { kind: "Invalid", retryable: false });
          return self.like(self.name === "" ? name : `${self.name}.${name}`, self.fields);
        },
      }),
    },
    dispose: (self) => self.release(),
  });
  return defineModule({
    name: "logger",
    description: "Log lines with fields",
    class: ["io"],
    types: [LoggerType],
    build: () => ({ exports: { root: fn({ run: (call) => new Logger("", {}, heldBy(call)) }) } }),
    lua: "local host = ... return host.root()",
  });
};

function rendered(value: LuaValue): string {
  if (typeof value === "string") return /[\s"=]/.test(value) ? quoteJson(value) : value;
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  return typeof value === "object" ? jsonText(value) : String(value);
}
