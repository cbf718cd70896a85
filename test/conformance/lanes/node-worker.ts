import { readFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";
import { nodeProcesses } from "../../../src/platforms/node/processes.ts";
import { bootPlatform } from "./boot-platform.ts";
import type { ToLane } from "./messages.ts";
import { serveCases } from "./serve.ts";

const port = parentPort;
if (!port) throw new Error("node-worker.ts runs as a worker thread of the conformance run");
const handle = serveCases(
  async (start) => {
    const { lua, sqlite, jieba } = start.wasm;
    return bootPlatform("node", start, {
      lua: await readFile(lua),
      sqlite: await readFile(sqlite),
      processes: nodeProcesses,
      ...(jieba === undefined ? {} : { jieba: () => readFile(jieba) }),
    });
  },
  (message) => port.postMessage(message),
);
port.on("message", (message: ToLane) => void handle(message));
