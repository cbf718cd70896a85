/**
 * The shells of `vulcan.sqlite` and `vulcan.lancedb` (vulcan-api.md §15): the disabled form, the argument check and the
 * way to {@link DatabaseAccess}. What the methods do is in src/sqlite and src/vectors.
 * @module
 */
import { LuaRaise, type LuaReader, type LuaValue, type Prelude } from "../lua/interface.ts";
import source from "./databases.lua?raw";
import type { DatabaseAccess } from "./services.ts";

export function databasesPrelude(): Prelude {
  return { name: "=vulcan.databases", source };
}

/** `list_custom_words` is the one method without a table. */
const withoutInput = new Set(["list_custom_words"]);

export function databasePrelude(
  kind: "sqlite" | "lancedb",
  kindSource: string,
  access: DatabaseAccess | undefined,
): Prelude {
  const open = (): DatabaseAccess => {
    if (!access) throw new LuaRaise(`current skill has not enabled ${kind}`);
    return access;
  };
  return {
    name: `=vulcan.${kind}`,
    source: kindSource,
    functions: {
      info: (args) => open().info(args.text(1) ?? ""),
      status: (args) => open().status(args.text(1) ?? ""),
      call: {
        waits: (args, context): LuaValue | Promise<LuaValue> => {
          const skillId = args.text(1) ?? "";
          const method = args.text(2) ?? "";
          const input = withoutInput.has(method) ? "{}" : tableText(args, `${kind}.${method}`);
          const payload = args.type(4) === "string" ? args.bytes(4) : undefined;
          return open().call(skillId, method, input, context, payload);
        },
      },
    },
  };
}

function tableText(args: LuaReader, label: string): string {
  const type = args.type(3);
  if (type !== "table") throw new LuaRaise(`${label}: input must be a table, got ${type}`);
  return args.json(3);
}
