// Reads `kind n` lines, answers each with `done` when the work is.
import { createNodeRuntime } from "../../src/platforms/node/node.ts";
import { type Kind, worker } from "./work.ts";

const dist = process.argv[2] ?? "";
const work = worker(() => createNodeRuntime({ wasm: { lua: `${dist}/lua.wasm`, sqlite: `${dist}/sqlite3.wasm` } }));
let rest = "";
let last = Promise.resolve();
process.stdin.on("data", (data) => {
  const lines = (rest + data.toString()).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const [kind, n] = line.split(" ");
    last = last.then(async () => {
      await work(kind as Kind, Number(n));
      process.stdout.write("done\n");
    });
  }
});
