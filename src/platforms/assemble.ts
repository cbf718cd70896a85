import type { EnginePlatform } from "../engine/interface.ts";
import type { LuaEngineModule } from "../lua/interface.ts";
import type { OutsideFiles } from "../sqlite/files/file-storage.ts";
import type { VfsStore } from "../vfs/interface.ts";
import type { EngineWiring } from "../wire/serve.ts";
import { namedModules } from "./named-modules.ts";

export interface PlatformParts
  extends Pick<
    EnginePlatform,
    | "environment"
    | "traits"
    | "sqliteWasm"
    | "sqliteTrampolines"
    | "vectorsWasm"
    | "jiebaWasm"
    | "processes"
    | "resolveHost"
  > {
  readonly lua: Promise<LuaEngineModule>;
  readonly store: Promise<VfsStore>;
  readonly databaseFiles?: Promise<OutsideFiles>;
  /** Host modules that came with the script of the engine. */
  readonly modules?: EnginePlatform["modules"] | undefined;
}

/** Lua boots while the stores open. When one fails nothing stays open, least of all the lock of a store. */
export async function assemblePlatform(parts: PlatformParts, wiring: EngineWiring): Promise<EnginePlatform> {
  const { lua: _lua, store: _store, databaseFiles: _files, modules, ...rest } = parts;
  const [lua, store, files] = await Promise.allSettled([parts.lua, parts.store, parts.databaseFiles]);
  const failed = [lua, store, files].find((each) => each.status === "rejected");
  if (lua.status === "rejected" || store.status === "rejected" || files.status === "rejected") {
    if (files.status === "fulfilled") files.value?.close();
    if (store.status === "fulfilled") await store.value.close();
    throw failed?.reason;
  }
  const { value: databaseFiles } = files;
  return {
    ...rest,
    ...(databaseFiles === undefined ? {} : { databaseFiles }),
    ...(modules === undefined ? {} : { modules }),
    lua: lua.value,
    store: store.value,
    clock: { now: () => Date.now() },
    namedModules,
    ...wiring,
  };
}
