// Reads `kind n` lines, answers each with what came of it, as JSON.
import { createNodeRuntime } from "../../src/platforms/node/node.ts";
import { type Kind, worker } from "./work.ts";

const dist = process.argv[2] ?? "";
const work = worker((options) =>
  createNodeRuntime({ ...options, wasm: { lua: `${dist}/lua.wasm`, sqlite: `${dist}/sqlite3.wasm` } }),
);
let rest = "";
let last = Promise.resolve();
process.stdin.on("data", (data) => {
  const lines = (rest + data.toString()).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const [kind, n] = line.split(" ");
    last = last.then(async () => {
      process.stdout.write(`${JSON.stringify(await work(kind as Kind, Number(n)))}\n`);
    });
  }
});
