import type { LuaValue } from "../../lua/interface.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { KeyValueBackend } from "./key-values.ts";

/** A JSON file for each skill in a directory of the virtual filesystem; as durable as that is. */
export function vfsBackend(vfs: Vfs, directory: string, skillId: string): KeyValueBackend {
  const file = `${directory}/${skillId === "" ? "host" : `skill-${skillId}`}.json`;
  let values: Record<string, LuaValue> = {};
  return {
    async load() {
      if (vfs.stat(file)?.kind === "file") values = JSON.parse(new TextDecoder().decode(vfs.readFile(file)));
      return values;
    },
    async write(key, value) {
      if (value === undefined) delete values[key];
      else values[key] = value;
      vfs.mkdir(directory, { recursive: true });
      vfs.writeFile(file, new TextEncoder().encode(JSON.stringify(values)));
    },
  };
}
