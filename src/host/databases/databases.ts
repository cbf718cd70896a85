/**
 * The shells of `vulcan.sqlite` and `vulcan.lancedb` (vulcan-api.md §15): the disabled form, the argument check and the
 * way to {@link DatabaseAccess}. What the methods do is in src/sqlite and src/vectors.
 * @module
 */
import type { DatabaseAccess } from "../../databases/access.ts";
import { type HostCallContext, LuaRaise, type LuaReader, type LuaValue, type Prelude } from "../../lua/interface.ts";
import type { EngineAccess } from "../run.ts";
import source from "./databases.lua?raw";

export function databasesPrelude(): Prelude {
  return { name: "=vulcan.databases", source };
}

/** `list_custom_words` is the one method without a table. */
const withoutInput = new Set(["list_custom_words"]);

export function databasePrelude(
  kind: "sqlite" | "lancedb",
  kindSource: string,
  access: DatabaseAccess | undefined,
  engine: EngineAccess,
): Prelude {
  /** The skill Lua names, which only the host's own functions do; whoever got hold of one still stays at home. */
  const skillOf = (args: LuaReader, { vm }: HostCallContext): string => {
    const skill = args.text(1) ?? "";
    const owner = engine.ownerOf(vm);
    if (owner === undefined || owner === skill) return skill;
    throw new LuaRaise(`vulcan.${kind}: the database of '${skill}' belongs to another skill`);
  };
  const open = (): DatabaseAccess => {
    if (!access) throw new LuaRaise(`current skill has not enabled ${kind}`);
    return access;
  };
  return {
    name: `=vulcan.${kind}`,
    source: kindSource,
    functions: {
      info: (args, context) => open().info(skillOf(args, context)),
      status: (args, context) => open().status(skillOf(args, context)),
      call: {
        mayAnswerAtOnce: true,
        waits: (args, context): LuaValue | Promise<LuaValue> => {
          const skillId = skillOf(args, context);
          const method = args.text(2) ?? "";
          const input = withoutInput.has(method) ? "{}" : tableText(args, `${kind}.${method}`);
          const payload = args.type(4) === "string" ? args.bytes(4) : undefined;
          const limited = {
            signal: context.signal,
            isOver: () => context.over,
            payer: context,
            mayWait: context.mayWaitHere,
          };
          const database = open();
          const answer = database.call(skillId, method, input, limited, payload);
          if (!database.asksHost || !(answer instanceof Promise)) return answer;
          return engine.whileWaiting(context.vm, () => answer);
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
