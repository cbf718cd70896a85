import type { Runtime } from "luaskills-wasm";
import type { SkillFiles } from "./folder.ts";

const root = "/runtime/skills";

/** Puts the folder's skills into the runtime's place; what is no longer in the folder goes. Their databases stay. */
export async function bring(runtime: Runtime, files: SkillFiles): Promise<void> {
  const present = await runtime.fs.stat(root);
  for (const name of present ? await runtime.fs.list(root) : []) {
    await runtime.fs.remove(`${root}/${name}`, { recursive: true });
  }
  for (const [path, bytes] of files) await runtime.fs.write(`${root}/${path}`, bytes);
  await runtime.skills.reload();
}
