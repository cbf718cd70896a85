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
 * Starts an engine on an empty store, calls a skill and closes it. A spare does this before it is needed: code that ran once is
 * compiled, and starts in a fraction of the time.
 */
export async function rehearse({ lua, environment, over = () => false }: Rehearsal): Promise<void> {
  if (over()) return;
  const store = await openStore({ kind: "memory" }, { limits: defaultLimits });
  store.fs.mkdir("/runtime/skills/rehearsal/runtime", { recursive: true });
  for (const [file, text] of Object.entries(skill)) {
    store.fs.writeFile(`/runtime/skills/rehearsal/${file}`, new TextEncoder().encode(text));
  }
  const nobody = { callbacks: {}, emit: () => {}, registryChanged: () => {} };
  const engine = await createEngine({ environment, lua, store, clock: { now: () => Date.now() }, ...nobody }, {});
  try {
    if (over()) return;
    await engine.request({ op: "call", name: "rehearsal-play", args: {} });
    if (over()) return;
    await engine.request({ op: "runLua", code: "return 1", args: null });
  } finally {
    await engine.close();
  }
}
