import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import type { RunOptions } from "../options.ts";
import { bundleEntry } from "./bundle-entry.ts";
import type { Environment } from "./environment.ts";
import { LaneServer } from "./remote/lane-server.ts";
import { remoteEnvironment } from "./remote/remote-environment.ts";

/** Each lane is a `deno run` of the bundled executor. */
export async function openDeno(options: RunOptions): Promise<Environment> {
  const entry = await bundleEntry("test/conformance/lanes/deno-child.ts", "node");
  const server = await LaneServer.open(new Map());
  const children = new Map<number, ChildProcess>();
  const command = path.resolve("node_modules/.bin/deno");
  return remoteEnvironment({
    lanes: 2,
    start: {
      ...(options.waiting ? { waiting: options.waiting } : {}),
      isolation: options.isolation,
      wasm: {
        lua: path.resolve("dist/lua.wasm"),
        sqlite: path.resolve("dist/sqlite3.wasm"),
        jieba: path.resolve("node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm"),
      },
    },
    connect: (receive, fail) =>
      server.connect(receive, fail, {
        async open(lane) {
          // Only what the engine in Deno needs: its files, its server, and the variables its packages read.
          const child = spawn(
            command,
            [
              "run",
              "--no-prompt",
              "--allow-net=localhost",
              "--allow-read",
              "--allow-env",
              entry,
              `${server.origin}/lane/${lane}`,
            ],
            { stdio: ["ignore", "inherit", "inherit"] },
          );
          children.set(lane, child);
          child.on("error", fail);
          child.on("exit", (code, signal) => fail(new Error(`deno ended with ${code ?? signal}`)));
        },
        async end(lane) {
          children.get(lane)?.kill("SIGKILL");
          children.delete(lane);
        },
      }),
    async close() {
      for (const child of children.values()) child.kill("SIGKILL");
      await server.close();
      await rm(entry, { force: true });
    },
  });
}
