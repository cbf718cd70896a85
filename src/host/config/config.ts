/**
 * `vulcan.config` (vulcan-api.md §12): the persisted key-value store of the running skill.
 * @module
 */
import { type HostCallContext, LuaRaise, type LuaReader, type Prelude } from "../../lua/interface.ts";
import { stringArgument } from "../arguments.ts";
import type { EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import source from "./config.lua?raw";

export function configPrelude(services: HostServices, engine: EngineAccess): Prelude {
  const store = services.config;
  const activeSkill = (args: LuaReader, { vm }: HostCallContext, index: number, fn: string): string => {
    const skill = args.text(index);
    const owner = engine.ownerOf(vm);
    if (skill === undefined || owner === "")
      throw new LuaRaise(`vulcan.config.${fn} requires one active skill context`);
    if (owner !== undefined && skill !== owner) {
      throw new LuaRaise(`vulcan.config.${fn}: skill '${owner}' cannot use the configuration of '${skill}'`);
    }
    return skill;
  };
  const key = (args: LuaReader, fn: string) => stringArgument(args, 1, `config.${fn}`, "key");
  return {
    name: "=vulcan.config",
    source,
    functions: {
      get: (args, context) => {
        const name = key(args, "get");
        return store.get(activeSkill(args, context, 2, "get"), name);
      },
      has: (args, context) => {
        const name = key(args, "has");
        return store.get(activeSkill(args, context, 2, "has"), name) !== undefined;
      },
      set: (args, context) => {
        const name = key(args, "set");
        const value = stringArgument(args, 2, "config.set", "value", { allowBlank: true });
        store.set(activeSkill(args, context, 3, "set"), name, value);
        return true;
      },
      delete: (args, context) => {
        const name = key(args, "delete");
        return store.delete(activeSkill(args, context, 2, "delete"), name);
      },
      list: (args, context) => ({ ...store.list(activeSkill(args, context, 1, "list")) }),
    },
  };
}
