import { defaultLimits } from "../limits.ts";
import { openStore } from "../vfs/open-store.ts";
import { createEngine } from "./engine.ts";
import type { EnginePlatform } from "./interface.ts";

const skill = {
  "skill.yaml":
    "name: Rehearsal\nversion: 1.0.0\nentries:\n  - { name: play, lua_entry: runtime/play.lua, lua_module: rehearsal.play }\n",
  "runtime/play.lua": 'return function() return "played" end',
};

interface Rehearsal extends Pick<EnginePlatform, "lua" | "environment"> {
  /** The engine is asked for: what is not rehearsed by now is not. */
  readonly over?: () => boolean;
}

/**
 * Starts engines on stores of their own, calls a skill and closes them. A spare does this before it is needed: code that ran once
 * is compiled, and starts in a fraction of the time. The first fetches what VMs are made alike with (lua/images.ts), the others
 * leave the images that the first VM of the start begins as: what `package.path` says depends on whether there are skills.
 */
export async function rehearse(rehearsal: Rehearsal): Promise<void> {
  const { over = () => false } = rehearsal;
  if (over()) return;
  await play(rehearsal, skill, over);
  await import("../lua/images.ts");
  if (!over()) await play(rehearsal, skill, over);
  if (!over()) await play(rehearsal, {}, over);
}

async function play({ lua, environment }: Rehearsal, files: Partial<typeof skill>, over: () => boolean): Promise<void> {
  const store = await openStore({ kind: "memory" }, { limits: defaultLimits });
  for (const [file, text] of Object.entries(files)) {
    store.fs.mkdir("/runtime/skills/rehearsal/runtime", { recursive: true });
    store.fs.writeFile(`/runtime/skills/rehearsal/${file}`, new TextEncoder().encode(text));
  }
  const nobody = { callbacks: {}, emit: () => {}, registryChanged: () => {} };
  const engine = await createEngine({ environment, lua, store, clock: { now: () => Date.now() }, ...nobody }, {});
  try {
    if (over()) return;
    if (engine.snapshot().entries.length > 0) await engine.request({ op: "call", name: "rehearsal-play", args: {} });
    if (over()) return;
    await engine.request({ op: "runLua", code: "return 1", args: null });
  } finally {
    await engine.close();
  }
}
