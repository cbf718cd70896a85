/**
 * `vulcan.runtime.lua.exec` (vulcan-api.md §8.1): hands the request to the engine's luaexec pool.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { JsonObject } from "../../contract/contract.ts";
import { LuaRaise, type Prelude } from "../../lua/interface.ts";
import { checkTableArgument } from "../arguments.ts";
import type { EngineAccess, LuaexecPositional } from "../run.ts";
import source from "./lua-exec.lua?raw";

export function luaExecPrelude(engine: EngineAccess): Prelude {
  return {
    name: "=vulcan.runtime.lua",
    source,
    functions: {
      lua_exec: {
        waits: async (args, context) => {
          checkTableArgument(args, 1, "runtime.lua.exec", "input");
          const request = JSON.parse(args.json(1)) as JsonObject | LuaexecPositional;
          const caller = args.text(2);
          try {
            return await engine.luaexec(request, caller, context);
          } catch (error) {
            throw new LuaRaise(messageOf(error));
          }
        },
      },
    },
  };
}
