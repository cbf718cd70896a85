import { LuaSkillsError } from "../../errors.ts";
import type { EngineState } from "../state.ts";
import type { Job } from "./job.ts";
import { walk } from "./walk.ts";

/** The store of the engine to the other kind of storage. */
export async function* move({ core, flush }: EngineState, to: "opfs" | "indexeddb"): Job {
  const { store } = core.platform;
  if (to !== "opfs" && to !== "indexeddb") {
    throw new LuaSkillsError(
      "invalid_argument",
      `a store moves to "opfs" or "indexeddb", not to ${typeof to === "string" ? JSON.stringify(to) : String(to)}`,
    );
  }
  if (store.move === undefined) {
    throw new LuaSkillsError(
      "invalid_argument",
      'storage.move is for runtimes made with storage: { kind: "browser" }: with another kind the next start would look for the store in its old place',
    );
  }
  const total = walk(store.fs, "/").reduce((sum, { size }) => sum + size, 0);
  await flush();
  for await (const done of store.move(to)) yield { done: Math.min(done, total), total };
  const { kind, persisted = false } = store;
  const storage = { kind, durable: true, persisted };
  core.platform.registryChanged(core.live.snapshot, { storage });
  return { done: total, total, storage };
}
