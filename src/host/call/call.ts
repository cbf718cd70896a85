/**
 * The request scope of a VM (scope.lua) and `vulcan.call` (nested-call.lua, vulcan-api.md §5). Here: entries the VM does
 * not hold; calls within one VM never leave Lua.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { LuaRaise, type Prelude, results } from "../../lua/interface.ts";
import { checkTableArgument, stringArgument } from "../arguments.ts";
import type { EngineAccess } from "../run.ts";
import callSource from "./nested-call.lua?raw";
import scopeSource from "./scope.lua?raw";
import copiesSource from "./scope-copies.lua?raw";

/** After all namespaces. */
export function scopePreludes(engine: EngineAccess): readonly Prelude[] {
  return [
    { name: "=vulcan.scope.copies", source: copiesSource },
    { name: "=vulcan.scope", source: scopeSource, functions: { native_lines: () => !engine.isolated } },
    callPrelude(engine),
  ];
}

function callPrelude(engine: EngineAccess): Prelude {
  return {
    name: "=vulcan.call",
    source: callSource,
    functions: {
      call_target: (args) => {
        const name = stringArgument(args, 1, "call", "name");
        checkTableArgument(args, 2, "call", "args");
        const target = engine.target(name);
        if (!target) throw new LuaRaise(`Skill '${name}' not found`);
        return results(target.skillId, target.localName);
      },
      call_remote: {
        waits: async (args, context) => {
          const name = args.text(1) ?? "";
          const scope = {
            request: args.value(3),
            budget: args.value(4),
            config: args.value(5),
            luaexec: args.boolean(6) ? (args.text(7) ?? true) : false,
          };
          const input = crossing(name, () => args.value(2));
          const owner = engine.target(name)?.skillId ?? name;
          const refusal = await engine.refusal(context.vm, "skill.call", owner, context.signal);
          if (refusal !== undefined) throw new LuaRaise(`vulcan.call: ${refusal.text}`);
          return engine.callRemote(name, input, scope, context);
        },
      },
    },
  };
}

/** Isolated skills share no Lua values; what cannot be copied is refused by name. */
function crossing<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const detail = messageOf(error);
    throw new LuaRaise(`vulcan.call: args for '${name}' cannot cross to another isolated skill: ${detail}`);
  }
}
