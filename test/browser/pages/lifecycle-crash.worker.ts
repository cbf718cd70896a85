// The engine worker, and a hook on the steps of lifecycle operations: at the armed one it tells the page and goes no further.

import { createEngine } from "../../../src/engine/engine.ts";
import { resolveLimits } from "../../../src/limits.ts";
import { bootLua } from "../../../src/lua/wasm/boot.ts";
import { assemblePlatform } from "../../../src/platforms/assemble.ts";
import type { LifecycleStep } from "../../../src/skills/lifecycle/steps.ts";
import { openStore } from "../../../src/vfs/open-store.ts";
import { serveWorker } from "../../../src/wire/serve-worker.ts";
import type { CrashNews, CrashOrder } from "./lifecycle-crash.ts";

let order: CrashOrder | undefined;
const tell = (news: CrashNews) => postMessage(news);
addEventListener("message", ({ data }: MessageEvent<{ order?: CrashOrder }>) => {
  if (!data.order) return;
  order = data.order;
  tell({ armed: true });
});

serveWorker(({ wasm, waiting, storeHeld }) => async ({ options }, wiring) => {
  const { storage = { kind: "indexeddb" }, runtimeRoot } = options;
  const platform = await assemblePlatform(
    {
      environment: "browser",
      traits: { guardsNetwork: true },
      lua: bootLua({ wasm: wasm.lua ?? new URL("./lua.wasm", import.meta.url), waiting }),
      store: openStore(storage, { limits: resolveLimits(options.limits), runtimeRoot, lockHeld: storeHeld }),
      sqliteWasm: new URL("./sqlite3.wasm", import.meta.url),
    },
    wiring,
  );
  const stopping = {
    ...platform,
    async lifecycleStep(step: LifecycleStep) {
      if (order?.step !== step) return;
      // What the commit of a call beside this one, or the timer of a long one, does at any moment.
      const commit = order.store === "as it is" ? undefined : platform.store.commit();
      if (order.store === "written") await commit;
      tell({ reached: step });
      await new Promise(() => {});
    },
  };
  return createEngine(stopping, options);
});
