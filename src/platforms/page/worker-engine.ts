/**
 * The engine in a page's worker: the browser's storage or memory, wasm files beside the worker.
 * @module
 */
import type { ModuleObject } from "../../contract/contract.ts";
import { createEngine } from "../../engine/engine.ts";
import { resolveLimits } from "../../limits.ts";
import { bootLua } from "../../lua/wasm/boot.ts";
import type { ProcessPlatform } from "../../process/parts.ts";
import type { RehearsedStore } from "../../vfs/browser-store.ts";
import { openStore } from "../../vfs/open-store.ts";
import type { WorkerHello } from "../../wire/protocol.ts";
import type { EngineBoot } from "../../wire/serve.ts";
import { assemblePlatform } from "../assemble.ts";

/** Lua boots with the hello, before the page asks for a start: a warm spare has that behind it. */
export function browserEngine(
  { wasm, waiting, storeHeld, spare, storage: own }: WorkerHello,
  modules?: readonly ModuleObject[],
): EngineBoot {
  const lua = bootLua({ wasm: wasm.lua ?? new URL("./lua.wasm", import.meta.url), waiting });
  let asked = false;
  let rehearsed: RehearsedStore;
  const booted = spare
    ? lua.then(async (module) => {
        const { rehearsePage } = await import("./rehearse-page.ts");
        const found = (store: RehearsedStore) => {
          rehearsed = store;
        };
        await rehearsePage(module, own, () => asked, found);
      })
    : lua;
  // The start reports what is wrong; a spare that is never started has nobody to report to.
  booted.catch(() => {});
  return async ({ options, kept }, wiring) => {
    asked = true;
    const { storage = { kind: "browser" }, runtimeRoot } = options;
    const keeping = kept && { kept, keep: wiring.keep };
    const limits = resolveLimits(options.limits);
    const store = openStore(storage, { limits, runtimeRoot, lockHeld: storeHeld, rehearsed, keeping });
    const sqliteWasm = wasm.sqlite ?? new URL("./sqlite3.wasm", import.meta.url);
    const databaseFiles =
      options.sqlite?.storage === "opfs"
        ? import("./database-files.ts").then(({ openDatabaseFiles }) => openDatabaseFiles(options))
        : undefined;
    const jiebaWasm = wasm.jieba;
    const parts = {
      environment: "browser",
      traits: { guardsNetwork: true },
      lua,
      store,
      databaseFiles,
      sqliteWasm,
      jiebaWasm,
      processes,
      modules,
    } as const;
    return createEngine(await assemblePlatform(parts, wiring), options);
  };
}

const processes: ProcessPlatform = {
  loadShell: async (parts) => (await import("../../process/shell/embedded-shell.ts")).EmbeddedShell.load(parts),
};
