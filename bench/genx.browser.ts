/**
 * What an agent costs: fifty steps of a scripted model, each with a call of one of ten Lua tools, against the same tools
 * run by themselves and the 2 ms a step may take on top.
 * @module
 */
import { createGenx, type ScriptedAnswer, scripted } from "../src/genx/index.ts";
import { createRuntime } from "../src/index.ts";
import { browserEngine } from "../src/platforms/page/worker-engine.ts";
import { serveWorker } from "../src/wire/serve-worker.ts";
import type { BenchFile } from "./harness/harness.ts";

const inWorker = typeof document === "undefined";
if (inWorker) serveWorker(browserEngine);

const steps = 50;
const allowedMs = 2;
const body = (i: number) => `args.n * ${i + 1}`;

const tools = Array.from({ length: 10 }, (_, i) => ({
  name: `times${i + 1}`,
  description: `Multiplies by ${i + 1}`,
  params: { n: { type: "number" } },
  lua: `function invoke(ctx, args) return ${body(i)} end`,
}));

const answers: ScriptedAnswer[] = [
  ...Array.from({ length: steps }, (_, i) => [{ tool: `times${(i % 10) + 1}`, args: { n: i } }]),
  "done",
];

export const benches: BenchFile["benches"] = async () => {
  // The runner's bundle measures when it is loaded; as a worker it only serves.
  if (inWorker) return new Promise(() => {});
  const genx = createGenx({ models: { default: scripted(answers, { loop: true }) } });
  const script = document.querySelector("script")?.src ?? "";
  const runtime = await createRuntime({
    storage: { kind: "memory" },
    worker: () => new Worker(script, { type: "module" }),
    modules: ["genx"],
    grants: { "*": ["genx"] },
    commands: genx.commands,
  });
  genx.attach(runtime);
  const agentRun = async () => {
    const agent = await genx.createAgent({ type: "react", name: "bench", maxSteps: steps + 1, tools });
    let done = 0;
    for await (const event of agent.run("go")) {
      if (event.type === "tool_done") done++;
      if (event.type === "error" || event.type === "tool_error") throw new Error(JSON.stringify(event));
    }
    await agent.close();
    if (done !== steps) throw new Error(`${done} of ${steps} tools ran`);
    return steps;
  };
  const toolsAlone = async () => {
    for (let i = 0; i < steps; i++) {
      await runtime.runLua(`return ${body(i % 10)}`, { n: i });
      const until = performance.now() + allowedMs;
      while (performance.now() < until);
    }
    return steps;
  };
  return {
    list: [
      {
        question: "a step of an agent: a generation and a Lua tool",
        subject: { name: "agent", batch: agentRun },
        reference: { name: `the tool + ${allowedMs} ms`, batch: toolsAlone },
        wanted: 1,
        rounds: 9,
      },
    ],
    async close() {
      await genx.close();
      await runtime.close();
    },
  };
};
