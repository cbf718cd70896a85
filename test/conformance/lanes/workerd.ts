import { readFile, rm } from "node:fs/promises";
import { Miniflare } from "miniflare";
import { compatibilityDate, workerModules } from "../../edge/workerd.ts";
import type { RunOptions } from "../options.ts";
import { bundleEntry } from "./bundle-entry.ts";
import type { Environment } from "./environment.ts";
import type { FromLane } from "./messages.ts";
import { remoteEnvironment } from "./remote/remote-environment.ts";

/** Each lane is a workerd of its own (miniflare): a hung isolate is ended with its process. */
export async function openWorkerd(options: RunOptions): Promise<Environment> {
  const entry = await bundleEntry("test/conformance/lanes/workerd-entry.ts", "workerd");
  const modules = [
    ...(await workerModules(entry)),
    {
      type: "CompiledWasm" as const,
      path: "jieba.wasm",
      contents: await readFile("node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm"),
    },
  ];
  await rm(entry);
  return remoteEnvironment({
    lanes: 2,
    start: {
      ...(options.waiting ? { waiting: options.waiting } : {}),
      isolation: options.isolation,
      wasm: { lua: "lua.wasm", sqlite: "sqlite3.wasm" },
    },
    connect: (receive, fail) => {
      const isolate = new Miniflare({ modules, compatibilityDate });
      const ask = async (message: unknown) => {
        const response = await isolate.dispatchFetch("http://lane.test/", {
          method: "POST",
          body: JSON.stringify(message),
        });
        if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
        receive((await response.json()) as FromLane);
      };
      return {
        send: (message) => void ask(message).catch(fail),
        kill: () => isolate.dispose(),
      };
    },
    async close() {},
  });
}
