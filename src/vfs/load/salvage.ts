/**
 * What a damaged store gives when it is opened for what it still has. Loaded by nobody else.
 * @module
 */
import type { LuaSkillsError } from "../../errors.ts";
import { damaged, nodeKey } from "../records.ts";
import { DirectoryNode } from "../tree-node.ts";
import type { Salvage } from "./load-tree.ts";

/** What lay in lost directories is found in `/runtime/lost+found`, by their ids: that is all that is known of them. */
export function salvageTelling(missing: (damage: LuaSkillsError) => void): Salvage {
  return {
    missing,
    replace(found, parents, tree) {
      const known = new Set(found.filter(({ record }) => record.kind === "dir").map(({ record }) => record.id));
      const lost = [...parents].filter((id) => id !== tree.root.id && !known.has(id));
      if (lost.length === 0) return [];
      for (const id of lost) missing(damaged(nodeKey(id)));
      let last = found.reduce((most, { record }) => Math.max(most, record.id, record.parent), 0);
      const make = (id: number, name: string, parent: DirectoryNode): DirectoryNode => {
        const directory = new DirectoryNode(id, name, 0);
        tree.restore(parent, directory);
        return directory;
      };
      const own = (name: string, parent: DirectoryNode): DirectoryNode => {
        const there = parent.children.get(name);
        if (there?.kind === "dir") return there;
        // A file has the name, and is not to vanish for that.
        return there ? own(`${name}+`, parent) : make(++last, name, parent);
      };
      const folder = own("lost+found", own("runtime", tree.root));
      return lost.map((id) => make(id, id.toString(36), folder));
    },
  };
}
