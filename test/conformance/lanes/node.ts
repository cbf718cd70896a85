import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { RunOptions } from "../options.ts";
import { caseProcesses } from "./bridge.ts";
import { bundleEntry } from "./bundle-entry.ts";
import type { Environment } from "./environment.ts";
import type { FromLane } from "./messages.ts";
import { remoteEnvironment } from "./remote/remote-environment.ts";

/** Cases run in worker threads: a hung one can be ended, which nothing in its own thread could do. */
export async function openNode(options: RunOptions): Promise<Environment> {
  const entry = await bundleEntry("test/conformance/lanes/node-worker.ts", "node");
  const processes = await caseProcesses(options);
  return remoteEnvironment({
    lanes: Math.min(availableParallelism(), 4),
    start: {
      ...(options.waiting ? { waiting: options.waiting } : {}),
      isolation: options.isolation,
      process: processes.process,
      wasm: {
        lua: path.resolve("dist/lua.wasm"),
        sqlite: path.resolve("dist/sqlite3.wasm"),
        jieba: path.resolve("node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm"),
      },
    },
    connect: (receive, fail) => {
      const worker = new Worker(entry, { execArgv: ["--enable-source-maps"] });
      worker.on("message", (message: FromLane) => receive(message));
      worker.on("error", (error) => fail(error));
      worker.on("exit", (code) => fail(new Error(`the worker thread ended with code ${code}`)));
      return {
        send: (message) => worker.postMessage(message),
        kill: async () => {
          await worker.terminate();
        },
      };
    },
    close: async () => {
      await processes.close();
      await rm(entry, { force: true });
    },
  });
}
