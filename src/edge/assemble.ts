import type { EngineWiring } from "../engine/inline.ts";
import type { EnginePlatform } from "../engine/interface.ts";
import type { LuaEngineModule } from "../lua/interface.ts";
import type { VfsStore } from "../vfs/interface.ts";

export interface PlatformParts
  extends Pick<EnginePlatform, "environment" | "sqliteWasm" | "sqliteTrampolines" | "vectorsWasm" | "jiebaWasm"> {
  readonly lua: Promise<LuaEngineModule>;
  readonly store: Promise<VfsStore>;
}

/** Lua boots while the store opens. When either fails nothing stays open, least of all the lock of a store. */
export async function assemblePlatform(parts: PlatformParts, wiring: EngineWiring): Promise<EnginePlatform> {
  const { lua: _lua, store: _store, ...rest } = parts;
  const [lua, store] = await Promise.allSettled([parts.lua, parts.store]);
  if (lua.status === "rejected") {
    if (store.status === "fulfilled") await store.value.close();
    throw lua.reason;
  }
  if (store.status === "rejected") throw store.reason;
  return { ...rest, lua: lua.value, store: store.value, clock: { now: () => Date.now() }, ...wiring };
}
