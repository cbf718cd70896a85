/**
 * The questions about the Lua room, for Node and for a page.
 * @module
 */
import type { LuaFactory } from "wasmoon";
import type { HostFunctions, LuaValue, LuaVm } from "../../src/lua/interface.ts";
import { bootLua } from "../../src/lua/wasm/boot.ts";
import type { Bench } from "../harness/harness.ts";
import { BareLua } from "./bare.ts";
import { programs } from "./programs.ts";

export interface LuaBenchAssets {
  readonly lua: WebAssembly.Module;
  readonly stock: WebAssembly.Module;
  readonly wasmoon: LuaFactory;
}

const functions: HostFunctions = {
  nop: () => undefined,
  add: (args) => args.number(1) + args.number(2),
  length: (args) => args.text(1)?.length ?? 0,
  decode: (args) => JSON.parse(args.text(1) ?? "null"),
  wait: { waits: () => Promise.resolve(1) },
};

const CALLS = 20_000;
const loop = (call: string) => `for i = 1, ${CALLS} do ${call} end`;

export async function luaBenches(assets: LuaBenchAssets): Promise<Bench[]> {
  const room = await bootLua({ wasm: assets.lua });
  const vm = room.createVm({
    preludes: [{ name: "=bench", source: "for name, f in next, (...) do _G[name] = f end", functions }],
    memoryBytes: 2 ** 29,
  });
  const derived = new BareLua(assets.lua, "derived");
  const wasmoon = await assets.wasmoon.createEngine({ enableProxy: false });
  wasmoon.global.set("add", (a: number, b: number) => a + b);
  wasmoon.global.set("length", (text: string) => text.length);

  derived.register("nop", () => 0);
  const bareCalls = derived.compile(loop("nop()"));
  const calls = (code: string) => looped(vm, loop(code), CALLS);
  const peerCalls = (code: string) => () => {
    wasmoon.doStringSync(loop(code));
    return CALLS;
  };

  return [
    {
      question: "a host call",
      subject: { name: "nop()", batch: calls("nop()") },
      reference: {
        name: "bare C function",
        batch: () => {
          bareCalls();
          return CALLS;
        },
      },
      wanted: 5,
    },
    {
      question: "a host call with two numbers",
      subject: { name: "add(i, 2)", batch: calls("add(i, 2)") },
      reference: { name: "wasmoon", batch: peerCalls("add(i, 2)") },
      wanted: 1 / 3.5,
    },
    {
      question: "a host call with a text",
      subject: { name: "length(text)", batch: calls('length("a text of 21 letters")') },
      reference: { name: "wasmoon", batch: peerCalls('length("a text of 21 letters")') },
      wanted: 1 / 3.5,
    },
    waiting(vm, room.waiting),
    running(vm, derived),
    decoding(vm),
    ...transfers(vm, wasmoon),
    ...metering(vm, assets),
    {
      question: "a new VM",
      subject: { name: "sandboxed VM", batch: repeat(10, () => room.createVm({ preludes: [] }).close()) },
      reference: {
        name: "wasm instance and luaL_newstate",
        batch: repeat(10, () => new BareLua(assets.lua, "derived")),
      },
    },
  ];
}

function repeat(times: number, work: () => unknown): () => number {
  return () => {
    for (let i = 0; i < times; i++) work();
    return times;
  };
}

function looped(vm: LuaVm, code: string, operations: number): () => number {
  const fn = vm.compile(code, "=bench");
  return () => {
    vm.runSync(fn, [], () => 0);
    return operations;
  };
}

/** Three microseconds is what a wait may cost under J; the reference is that, measured with the same clock. */
function waiting(vm: LuaVm, strategy: string): Bench {
  const waits = 2000;
  const fn = vm.compile(`for i = 1, ${waits} do wait() end`, "=bench");
  return {
    question: "a wait",
    subject: {
      name: `strategy ${strategy}`,
      batch: async () => {
        await vm.run(fn, [], () => 0);
        return waits;
      },
    },
    reference: {
      name: "3 us",
      batch: () => {
        const end = performance.now() + 3;
        while (performance.now() < end);
        return 1000;
      },
    },
    ...(strategy === "J" ? { wanted: 1 } : {}),
  };
}

function running(vm: LuaVm, bare: BareLua): Bench {
  const runs = 2000;
  const fn = vm.compile("return 1", "=bench");
  const pcall = bare.compile("return 1");
  return {
    question: "a warm run of a trivial function",
    subject: {
      name: "vm.run",
      batch: async () => {
        for (let i = 0; i < runs; i++) await vm.run(fn, [], (r) => r.number(1));
        return runs;
      },
    },
    reference: {
      name: "lua_pcallk",
      batch: () => {
        for (let i = 0; i < runs; i++) pcall();
        return runs;
      },
    },
  };
}

function decoding(vm: LuaVm): Bench {
  const rows = Array.from({ length: 1100 }, (_, i) => ({
    id: i,
    name: `name ${i}`,
    ok: i % 2 === 0,
    x: i / 3,
    tags: ["a", "b"],
  }));
  const text = JSON.stringify(rows);
  const inside = vm.compile("local text = ... for i = 1, 10 do decode(text) end", "=bench");
  const into = vm.compile("return", "=bench");
  return {
    question: `${Math.round(text.length / 1000)} KB of JSON decoded in Lua`,
    subject: {
      name: "host call in Lua",
      batch: () => {
        vm.runSync(inside, [text], () => 0);
        return 10;
      },
    },
    reference: {
      name: "JSON.parse and the walker",
      batch: () => {
        for (let i = 0; i < 10; i++) vm.runSync(into, [JSON.parse(text)], () => 0);
        return 10;
      },
    },
    wanted: 1.2,
  };
}

function transfers(vm: LuaVm, wasmoon: Awaited<ReturnType<LuaFactory["createEngine"]>>): Bench[] {
  const flat = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]));
  const rows = Array.from({ length: 20_000 }, (_, i) => ({ id: i, name: `n${i}`, ok: i % 2 === 0, x: i / 3, y: -i }));
  const keep = vm.compile("kept = ...", "=bench");
  const give = vm.compile("return kept", "=bench");
  const both = (name: string, value: LuaValue): Bench[] => [
    {
      question: `100,000 fields into Lua, ${name}`,
      subject: { name: "run argument", batch: () => vm.runSync(keep, [value], () => 1) },
      reference: {
        name: "wasmoon",
        batch: () => {
          wasmoon.global.set("kept", value);
          return 1;
        },
      },
      wanted: 1 / 3,
      rounds: 7,
    },
    {
      question: `100,000 fields out of Lua, ${name}`,
      subject: {
        name: "run result",
        batch: () => {
          vm.runSync(keep, [value], () => 0);
          const started = performance.now();
          vm.runSync(give, [], (r) => r.value(1));
          return share(started);
        },
      },
      reference: {
        name: "wasmoon",
        batch: () => {
          wasmoon.global.set("kept", value);
          const started = performance.now();
          wasmoon.global.get("kept");
          return share(started);
        },
      },
      wanted: 1 / 3,
      rounds: 7,
    },
  ];
  // Filling and reading are timed together by the harness; reading alone is what the question asks.
  let batchStarted = 0;
  const share = (readingStarted: number) => {
    const now = performance.now();
    return (now - batchStarted) / (now - readingStarted);
  };
  return [...both("one table", flat), ...both("20,000 records", rows)].map((bench) => ({
    ...bench,
    subject: timed(bench.subject),
    reference: timed(bench.reference),
  }));

  function timed(contender: Bench["subject"]): Bench["subject"] {
    return {
      name: contender.name,
      batch: () => {
        batchStarted = performance.now();
        return contender.batch();
      },
    };
  }
}

/** The metered wasm under a deadline against wasmoon's wasm that counts nothing. */
function metering(vm: LuaVm, assets: LuaBenchAssets): Bench[] {
  const stock = new BareLua(assets.stock, "stock");
  const pairs = Object.entries(programs).map(([name, code]) => {
    const fn = vm.compile(code, "=bench");
    const guarded = () => void vm.runSync(fn, [], () => 0, { deadline: performance.now() + 60_000 });
    return { name, guarded, free: stock.compile(code) };
  });
  const each = pairs.map(
    ({ name, guarded, free }): Bench => ({
      question: `guarded: ${name}`,
      rounds: 61,
      subject: { name: "metered, deadline", batch: repeat(2, guarded) },
      reference: { name: "no guard", batch: repeat(2, free) },
    }),
  );
  return [
    ...each,
    {
      question: "guarded: all eight",
      rounds: 101,
      subject: { name: "metered, deadline", batch: repeat(1, () => pairs.forEach(({ guarded }) => void guarded())) },
      reference: { name: "no guard", batch: repeat(1, () => pairs.forEach(({ free }) => void free())) },
      wanted: 1.1,
    },
  ];
}
