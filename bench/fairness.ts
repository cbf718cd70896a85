/**
 * What calls cost each other, and what limits and policy cost a call: a short call beside a busy one, eight busy ones at once, a
 * loop in slices against one without, calls and reads of a skill kept apart against shared ones.
 * @module
 */
import type { EngineOptions } from "../src/contract/contract.ts";
import { createEngine } from "../src/engine/engine.ts";
import type { Engine } from "../src/engine/interface.ts";
import type { LuaEngineModule } from "../src/lua/interface.ts";
import { bootLua } from "../src/lua/wasm/boot.ts";
import { loadYaml } from "../src/skills/yaml/parser.ts";
import { MemoryStore } from "../src/vfs/memory-store.ts";
import { besideBusy, busyTogether, fairEntries } from "./edge/fair.ts";
import { chromiumHost, denoHost, workerdHost } from "./edge/hosts.ts";
import type { Batch, Bench, BenchFile } from "./harness/harness.ts";

const encoder = new TextEncoder();
const skills = 9;
const shortCalls = 200;
const calls = 300;
const reads = 2_000;
/** A loop of about so many milliseconds. */
const rounds = 4_000_000;

const entries = {
  ...fairEntries,
  none: "return function() return 'ok' end",
  read: `return function(args)
    for i = 1, args.count do vulcan.fs.read("/runtime/skills/s0/runtime/none.lua") end
    return 'ok'
  end`,
};

export const benches: BenchFile["benches"] = (host) => (host === undefined ? here() : elsewhere(host));

/** What a runtime of that host does, as a whole. */
async function elsewhere(name: string) {
  const open = { chromium: chromiumHost, deno: denoHost, workerd: workerdHost }[name];
  if (!open)
    throw new Error(`fairness is measured in Node, or with --host chromium, deno or workerd, not in "${name}"`);
  const host = await open();
  const list = fair(
    () => host.run("beside", shortCalls),
    () => host.run("together", 2),
  );
  return { list, close: () => host.close() };
}

/** `beside`: milliseconds of each short call; `together`: when each of eight busy ones has ended. */
function fair(beside: () => Promise<readonly number[]>, together: () => Promise<readonly number[]>): Bench[] {
  let ends: readonly number[] = [];
  return [
    {
      question: "a short call beside a busy skill, p99",
      subject: {
        name: "p99",
        batch: async () => {
          const took = [...(await beside())].sort((a, b) => a - b);
          return { us: (took[Math.floor(took.length * 0.99)] ?? 0) * 1000 };
        },
      },
      reference: { name: "limit", batch: () => ({ us: 25_000 }) },
      wanted: 1,
      rounds: 5,
    },
    {
      question: "eight busy calls, the last end against the first",
      subject: {
        name: "last",
        batch: async () => {
          ends = await together();
          return { us: Math.max(...ends) * 1000 };
        },
      },
      reference: { name: "first", batch: () => ({ us: Math.min(...ends) * 1000 }) },
      wanted: 1.3,
      rounds: 5,
    },
  ];
}

async function here() {
  await loadYaml();
  const lua = await bootLua({ wasm: "dist/lua.wasm" });
  const open: Engine[] = [];
  const started = async (options: EngineOptions) => {
    const engine = await start(lua, { pool: { max_size: skills + 1 }, ...options });
    open.push(engine);
    return engine;
  };
  const usual = await started({});
  const granted = await started({ grants: { "*": { files: { read: ["own"], write: ["own"] }, tools: ["a"] } } });
  const shared = await started({ isolation: "shared" });
  const whole = await started({ limits: { sliceMs: 0 } });
  const call = (engine: Engine, name: string, args = {}) => engine.request({ op: "call", name, args });

  const calling = { call: (name: string, args?: object) => call(usual, name, { ...args }) };
  const repeated =
    (engine: Engine, name: string, count: number, args = {}): Batch =>
    async () => {
      for (let i = 0; i < count; i++) await call(engine, name, args);
      return count;
    };
  const reading =
    (engine: Engine): Batch =>
    async () => {
      await call(engine, "s0-read", { count: reads });
      return reads;
    };
  return {
    list: [
      ...fair(
        () => besideBusy(calling, shortCalls),
        () => busyTogether(calling, 2),
      ),
      {
        question: "a loop, in slices while others have nothing to do",
        subject: { name: "8 ms", batch: repeated(usual, "s2-busy", 1, { rounds }) },
        reference: { name: "in one", batch: repeated(whole, "s2-busy", 1, { rounds }) },
        wanted: 1.02,
      },
      {
        question: "a warm call, skills kept apart",
        subject: { name: "apart", batch: repeated(usual, "s0-none", calls) },
        reference: { name: "shared", batch: repeated(shared, "s0-none", calls) },
        wanted: 1.05,
      },
      {
        question: "a warm call, with grants",
        subject: { name: "grants", batch: repeated(granted, "s0-none", calls) },
        reference: { name: "none", batch: repeated(usual, "s0-none", calls) },
        wanted: 1.05,
      },
      {
        question: "reading a file, skills kept apart",
        subject: { name: "apart", batch: reading(usual) },
        reference: { name: "shared", batch: reading(shared) },
        wanted: 1.1,
      },
      {
        question: "reading a file, with grants",
        subject: { name: "grants", batch: reading(granted) },
        reference: { name: "shared", batch: reading(shared) },
        wanted: 1.1,
      },
    ],
    close: () => Promise.all(open.map((engine) => engine.close())),
  };
}

async function start(lua: LuaEngineModule, options: EngineOptions): Promise<Engine> {
  const store = new MemoryStore();
  const write = (path: string, text: string) => {
    store.fs.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    store.fs.writeFile(path, encoder.encode(text));
  };
  for (let i = 0; i < skills; i++) {
    const names = Object.keys(entries)
      .map((name) => `  - { name: ${name}, lua_entry: runtime/${name}.lua, lua_module: s${i}.${name} }\n`)
      .join("");
    write(`/runtime/skills/s${i}/skill.yaml`, `name: S${i}\nversion: 1.0.0\nentries:\n${names}`);
    for (const [name, source] of Object.entries(entries)) write(`/runtime/skills/s${i}/runtime/${name}.lua`, source);
  }
  const platform = {
    environment: "node" as const,
    store,
    lua,
    clock: { now: () => Date.now() },
    callbacks: {},
    emit: () => {},
    registryChanged: () => {},
  };
  return createEngine(platform, options);
}
