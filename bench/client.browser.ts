/**
 * What the page pays: a call through the worker against a bare comlink echo, a cold start against a worker that boots
 * wasmoon, a hard stop against a cold start. The bundle is also the worker of the warm call, where echo and engine share a
 * thread; what starts cold has small scripts.
 * @module
 */
import { expose, wrap } from "comlink";
import { LuaFactory } from "wasmoon";
import { createRuntime, type Runtime, type RuntimeOptions } from "../src/index.ts";
import { browserEngine } from "../src/platforms/page/worker-engine.ts";
import { serveWorker } from "../src/wire/serve-worker.ts";
import type { floors } from "./client/floor.worker.ts";
import type { BenchFile } from "./harness/harness.ts";

const trivial = {
  "skill.yaml":
    "name: Trivial\nversion: 1.0.0\nentries:\n  - { name: echo, lua_entry: runtime/echo.lua, lua_module: trivial.echo }\n",
  "runtime/echo.lua": "return function(args) return args.text end",
};

const echo: Pick<typeof floors, "echo"> = { echo: (args) => args };
const inWorker = typeof document === "undefined";
if (inWorker) {
  expose(echo);
  serveWorker(browserEngine);
}

export const benches: BenchFile["benches"] = async () => {
  // The runner's bundle measures when it is loaded; as a worker it only serves.
  if (inWorker) return new Promise(() => {});
  // Echo and engine share a thread: two threads may lie on the page's processor and on another one, where a message that
  // wakes a sleeping processor costs twice as much.
  const floor = startEcho();
  const runtime = await withTrivialSkill({ worker: () => floor.worker });
  const inline = await inlineEngine();
  const peer = await inlinePeer();
  const stops = await Stops.open(false);
  const spareStops = await Stops.open(true);
  const args = { text: "hello" };
  return {
    list: [
      {
        question: "warm call of a trivial skill, page to worker to Lua and back",
        subject: { name: "runtime.call", batch: () => times(200, () => runtime.call("trivial-echo", args)) },
        reference: { name: "comlink echo", batch: () => times(200, () => floor.remote.echo(args)) },
        wanted: 1.4,
      },
      {
        question: "the part of it inside the worker",
        subject: { name: "endpoint.request", batch: () => times(500, inline) },
        reference: { name: "wasmoon: the Lua function called", batch: () => times(500, peer) },
        wanted: 1,
      },
      {
        question: "cold start to the first result, assets cached",
        subject: { name: "createRuntime + runLua", batch: coldStart },
        reference: { name: "worker + wasmoon + pcall", batch: coldFloor },
        wanted: 1.4,
        rounds: 9,
      },
      {
        question: "hard stop of a loop, and the next result",
        subject: { name: "stop + next", batch: () => stops.stopAndNext() },
        reference: { name: "cold start", batch: coldStart },
        wanted: 1.5,
        rounds: 7,
      },
      {
        question: "the same with a warm spare",
        subject: { name: "stop + next", batch: () => spareStops.stopAndNext() },
        reference: { name: "worker + wasmoon + pcall", batch: coldFloor },
        wanted: 0.5,
        rounds: 7,
      },
    ],
    async close() {
      await Promise.all([runtime.close(), stops.close(), spareStops.close()]);
    },
  };
};

async function withTrivialSkill(options: RuntimeOptions): Promise<Runtime> {
  const runtime = await createRuntime({ storage: { kind: "memory" }, ...options });
  for (const [file, text] of Object.entries(trivial)) await runtime.fs.write(`/runtime/skills/trivial/${file}`, text);
  await runtime.skills.reload();
  return runtime;
}

function startEcho() {
  const worker = new Worker("/bench/client.browser.js", { type: "module" });
  return { worker, remote: wrap<typeof echo>(worker) };
}

/** wasmoon in this thread, with the same function in it. */
async function inlinePeer(): Promise<() => Promise<unknown>> {
  const lua = await new LuaFactory("/dist/lua-stock.wasm").createEngine();
  const call: (args: object) => unknown = await lua.doString(trivial["runtime/echo.lua"]);
  return async () => call({ text: "hello" });
}

/** The engine in this thread, without a wire. */
async function inlineEngine(): Promise<() => Promise<unknown>> {
  const boot = browserEngine({ type: "luaskills-hello", wasm: {} });
  const wiring = { callbacks: {}, emit: () => {}, registryChanged: () => {}, keep: () => {} };
  const engine = await boot({ options: { storage: { kind: "memory" } }, callbacks: [], wasm: {} }, wiring);
  let requestId = 0;
  const ask = (request: Parameters<typeof engine.request>[0]) => {
    requestId += 1;
    return engine.request(request, { requestId });
  };
  for (const [file, text] of Object.entries(trivial)) {
    await ask({ op: "fs.write", path: `/runtime/skills/trivial/${file}`, content: new TextEncoder().encode(text) });
  }
  await ask({ op: "skills.reload" });
  return () => ask({ op: "call", name: "trivial-echo", args: { text: "hello" } });
}

async function coldStart(): Promise<number> {
  const runtime = await createRuntime({ storage: { kind: "memory" } });
  await runtime.runLua("return 1");
  void runtime.close();
  return 1;
}

async function coldFloor(): Promise<number> {
  const worker = new Worker("/bench/floor.worker.js", { type: "module" });
  await wrap<typeof floors>(worker).boot();
  worker.terminate();
  return 1;
}

/** A runtime that gets a loop only the page can end: it has no deadline. */
class Stops {
  private constructor(private readonly runtime: Runtime) {}

  static async open(warmSpare: boolean): Promise<Stops> {
    const limits = { stopGraceMs: 0 };
    return new Stops(await createRuntime({ storage: { kind: "memory" }, limits, warmSpare }));
  }

  /**
   * Only from the stop to the next result counts. Before it: time for the loop to start, for the spare to boot, and for
   * Chromium to be done with the worker of the round before, which it lets run on for two seconds.
   */
  async stopAndNext(): Promise<number> {
    const prepared = performance.now();
    const controller = new AbortController();
    await pause(2_500);
    const ended = this.runtime.runLua("while true do end", {}, { signal: controller.signal }).catch(() => {});
    await pause(50);
    const stopped = performance.now();
    controller.abort();
    await ended;
    await this.runtime.runLua("return 1");
    const now = performance.now();
    return (now - prepared) / (now - stopped);
  }

  close(): Promise<void> {
    return this.runtime.close();
  }
}

async function times(count: number, work: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < count; i++) await work();
  return count;
}

async function pause(ms: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return 1;
}
