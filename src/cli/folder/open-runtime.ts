import { existsSync } from "node:fs";
import path from "node:path";
import type { SupervisedRuntime } from "../../client/supervise.ts";
import type { Runtime } from "../../contract/contract.ts";
import { type NodeRuntimeOptions, superviseNodeRuntime } from "../../platforms/node/node.ts";
import { zipFiles } from "../pack/zip.ts";
import { skillFiles } from "./skill-files.ts";
import { runtimeRoot, type SkillsFolder } from "./skills-folder.ts";

export interface OpenOptions extends Omit<NodeRuntimeOptions, "storage" | "overlay" | "roots" | "runtimeRoot"> {
  /** Write nothing to the disk. */
  readonly memory?: boolean;
}

/** A runtime on what the user named. @throws LuaSkillsError */
export async function openRuntime(
  folder: SkillsFolder,
  { memory = false, ...options }: OpenOptions = {},
): Promise<SupervisedRuntime> {
  const all = { ...options, ...folder.options };
  if (folder.kind === "skills") {
    return superviseNodeRuntime({ ...all, storage: { kind: "directory", path: folder.root }, overlay: memory });
  }
  // What it has kept so far is read, also when nothing more is to be kept.
  const nothingKept = memory && !existsSync(folder.root);
  const supervised = await superviseNodeRuntime({
    ...all,
    storage: nothingKept ? { kind: "memory" } : { kind: "directory", path: folder.root },
    overlay: memory && !nothingKept,
    load: false,
  });
  try {
    await bringSkills(supervised.runtime, folder);
    return supervised;
  } catch (thrown) {
    await supervised.runtime.close();
    throw thrown;
  }
}

/** A skill that runs alone is copied in, anew each time: its own folder holds no state. */
export async function bringSkills(runtime: Runtime, folder: SkillsFolder): Promise<void> {
  if (folder.kind === "skill") {
    for (const id of folder.skillIds) {
      const place = `${runtimeRoot}/skills/${id}`;
      await runtime.fs.remove(place, { recursive: true });
      await runtime.fs.importZip(place, zipFiles(skillFiles(path.join(folder.skillsDir, id))));
    }
  }
  await runtime.skills.reload();
}
