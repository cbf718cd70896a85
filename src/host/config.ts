/**
 * `vulcan.config` (vulcan-api.md §12): the persisted key-value store of the running skill.
 * @module
 */
import { LuaRaise, type LuaReader, type Prelude } from "../lua/interface.ts";
import { stringArgument } from "./arguments.ts";
import source from "./config.lua?raw";
import type { HostServices } from "./services.ts";

export function configPrelude(services: HostServices): Prelude {
  const store = services.config;
  const key = (args: LuaReader, fn: string) => stringArgument(args, 1, `config.${fn}`, "key");
  return {
    name: "=vulcan.config",
    source,
    functions: {
      get: (args) => {
        const name = key(args, "get");
        return store.get(activeSkill(args, 2, "get"), name);
      },
      has: (args) => {
        const name = key(args, "has");
        return store.get(activeSkill(args, 2, "has"), name) !== undefined;
      },
      set: (args) => {
        const name = key(args, "set");
        const value = stringArgument(args, 2, "config.set", "value", { allowBlank: true });
        store.set(activeSkill(args, 3, "set"), name, value);
        return true;
      },
      delete: (args) => {
        const name = key(args, "delete");
        return store.delete(activeSkill(args, 2, "delete"), name);
      },
      list: (args) => ({ ...store.list(activeSkill(args, 1, "list")) }),
    },
  };
}

function activeSkill(args: LuaReader, index: number, fn: string): string {
  const skill = args.text(index);
  if (skill === undefined) throw new LuaRaise(`vulcan.config.${fn} requires one active skill context`);
  return skill;
}
