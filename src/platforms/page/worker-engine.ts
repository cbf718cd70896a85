/**
 * The engine in a page's worker: IndexedDB or memory, wasm files beside the worker.
 * @module
 */
import type { EngineOptions } from "../../contract/contract.ts";
import { createInlineEndpoint } from "../../engine/endpoint.ts";
import { rehearse } from "../../engine/rehearsal.ts";
import { LuaSkillsError } from "../../errors.ts";
import { resolveLimits } from "../../limits.ts";
import { bootLua } from "../../lua/wasm/boot.ts";
import type { OutsideFiles } from "../../sqlite/files/file-storage.ts";
import { defaultStorageName, openStore } from "../../vfs/open-store.ts";
import type { EngineEndpoint, WorkerHello } from "../../wire/protocol.ts";
import { assemblePlatform } from "../assemble.ts";

/** Lua boots with the hello, before the page asks for a start: a warm spare has that behind it. */
export function browserEndpoint({ wasm, waiting, storeHeld, spare }: WorkerHello): EngineEndpoint {
  const lua = bootLua({ wasm: wasm.lua ?? new URL("./lua.wasm", import.meta.url), waiting });
  const booted = spare ? lua.then((module) => rehearse({ lua: module, environment: "browser" })) : lua;
  // The start reports what is wrong; a spare that is never started has nobody to report to.
  booted.catch(() => {});
  return createInlineEndpoint(({ options }, wiring) => {
    const { storage = { kind: "indexeddb" }, runtimeRoot } = options;
    const store = openStore(storage, { limits: resolveLimits(options.limits), runtimeRoot, lockHeld: storeHeld });
    const sqliteWasm = wasm.sqlite ?? new URL("./sqlite3.wasm", import.meta.url);
    const databaseFiles = options.sqlite?.storage === "opfs" ? openDatabaseFiles(options) : undefined;
    const parts = { environment: "browser", lua, store, databaseFiles, sqliteWasm, jiebaWasm: wasm.jieba } as const;
    return assemblePlatform(parts, wiring);
  });
}

/** They go with the store: its name is theirs, and who owns it owns them. */
async function openDatabaseFiles({ storage = { kind: "indexeddb" }, limits }: EngineOptions): Promise<OutsideFiles> {
  if (storage.kind !== "indexeddb") {
    throw new LuaSkillsError(
      "invalid_argument",
      `sqlite: { storage: "opfs" } keeps databases beside an IndexedDB store; use it with storage: { kind: "indexeddb" }, not "${storage.kind}"`,
    );
  }
  const { OpfsFiles } = await import("../../sqlite/files/opfs-files.ts");
  const { sqliteOpfsBytes: maxBytes } = resolveLimits(limits);
  return OpfsFiles.open({ name: storage.name ?? defaultStorageName, maxBytes });
}
