/**
 * What host modules cost: a module function against a bare host call, a wait against a bare wait, a permission, a thousand
 * waits beside each other, a recorded run and its replay.
 * @module
 */
import type { LuaVm } from "../../src/lua/interface.ts";
import { bootLua } from "../../src/lua/wasm/boot.ts";
import { CommandDispatcher } from "../../src/modules/dispatcher.ts";
import { arg, defineModule, fn, t } from "../../src/modules/index.ts";
import { ModuleRegistry } from "../../src/modules/module-registry.ts";
import { furnishModules } from "../../src/modules/vm/furnish.ts";
import { WorkflowRecorder } from "../../src/modules/workflow/recorder.ts";
import { SecurityContext } from "../../src/policy/decide.ts";
import type { Bench, BenchFile } from "../harness/harness.ts";

const CALLS = 20_000;
const WAITS = 2_000;
const STEPS = 10_000;

const subject = defineModule({
  name: "subject",
  description: "What is measured",
  class: ["workflow"],
  functions: {
    add: fn({ params: [arg.number("a"), arg.number("b")], returns: [t.number], run: (_call, a, b) => a + b }),
    wait: fn({ params: [arg.number("a")], returns: [t.number, t.optional(t.luaError)], run: async (_call, a) => a }),
    open: fn({ params: [arg.number("a")], returns: [t.boolean], run: (_call, a) => a > 0 }),
    allowed: fn({
      params: [arg.number("a")],
      returns: [t.boolean],
      run: (call) => call.security.allowed("thing.read", "thing:1"),
    }),
    later: fn({
      params: [arg.number("ms")],
      returns: [t.number, t.optional(t.luaError)],
      run: (_call, ms) => new Promise((resolve) => setTimeout(() => resolve(ms), ms)),
      waits: true,
    }),
  },
});

const security = SecurityContext.of({
  actor: { id: "a" },
  policies: [
    { id: "one", actions: ["other.*"], resources: ["*"], effect: "allow" },
    { id: "two", actions: ["thing.*"], resources: ["thing:*"], effect: "allow" },
    { id: "three", actions: ["*"], resources: ["secret:*"], effect: "deny" },
  ],
});

const program = `
local m = require("subject")
local add, wait, open, allowed, later = m.add, m.wait, m.open, m.allowed, m.later
return {
  add = function(n) for i = 1, n do add(i, 1) end end,
  bare_add = function(n) local f = bare_add for i = 1, n do f(i, 1) end end,
  wait = function(n) for i = 1, n do wait(i) end end,
  bare_wait = function(n) local f = bare_wait for i = 1, n do f(i) end end,
  open = function(n) for i = 1, n do open(i) end end,
  allowed = function(n) for i = 1, n do allowed(i) end end,
  many = function(n) for i = 1, n do coroutine.spawn(function() later(20) end) end later(40) end,
  one = function() later(40) end,
}`;

async function prepared(
  wasm: string | WebAssembly.Module,
): Promise<{ vm: LuaVm; run(name: string, n: number): Promise<number> }> {
  const lua = await bootLua({ wasm });
  const vm = lua.createVm({
    preludes: [
      {
        name: "=bare",
        source:
          "local host, primitives = ... bare_add, bare_wait = host.add, host.wait primitives.exports.preload = package.preload",
        functions: { add: (args) => args.number(1) + args.number(2), wait: { waits: async (args) => args.number(1) } },
      },
    ],
  });
  const dispatcher = new CommandDispatcher();
  const registry = new ModuleRegistry(dispatcher);
  registry.add(subject);
  const state = furnishModules(
    vm,
    { kind: "function", modules: ["subject", "channel"], bindGlobals: false },
    registry,
    {
      dispatcher,
      valueDepth: 128,
      now: () => Date.now(),
      log: () => {},
      runOf: () => ({
        kind: "function",
        skillId: undefined,
        security,
        values: {},
        deadline: Number.POSITIVE_INFINITY,
        seed: [1, 2],
      }),
    },
  );
  vm.install({
    name: "=bench",
    source: `local _, primitives = ... local made = (function() ${program} end)() primitives.exports.bench = function(name, n) return primitives.exports.enter(made[name], n) end`,
  });
  const bench = vm.exported("bench");
  return {
    vm,
    async run(name, n) {
      await vm.run(bench, [name, n], () => undefined);
      state.endRun();
      return n;
    },
  };
}

async function recorded(text: string): Promise<{ text: string; steps: number }> {
  let log = text;
  const append = (line: string) => {
    log += line;
  };
  const recorder = new WorkflowRecorder({
    store: { read: () => (text === "" ? undefined : text), append },
    header: { skillHash: "", sdk: "", input: null, seed: [1, 2] },
    now: () => 1,
    mode: "resume",
  });
  for (let i = 0; i < STEPS; i++) await recorder.effect("step", { i }, () => i);
  return { text: log, steps: STEPS };
}

/** Where the engine can suspend wasm (J) it does. */
export async function moduleBenches(wasm: string | WebAssembly.Module): ReturnType<BenchFile["benches"]> {
  const { vm, run } = await prepared(wasm);
  const { text } = await recorded("");
  const bare = { name: "a bare host call", batch: () => run("bare_add", CALLS) };
  const bareWait = { name: "a bare host call that waits", batch: () => run("bare_wait", WAITS) };
  const list: Bench[] = [
    {
      question: "a synchronous module function",
      subject: { name: "add(a, b)", batch: () => run("add", CALLS) },
      reference: bare,
      wanted: 1.5,
      // The first ones are on code the engine is still optimising.
      rounds: 101,
    },
    {
      question: "a module function that waits",
      subject: { name: "wait(a)", batch: () => run("wait", WAITS) },
      reference: bareWait,
      wantedOverUs: 3,
    },
    {
      question: "a permission asked of three policies",
      subject: { name: "allowed(a)", batch: () => run("allowed", CALLS) },
      reference: { name: "the same without asking", batch: () => run("open", CALLS) },
      wantedOverUs: 1,
    },
    {
      question: "1,000 waits of 20 ms beside each other, against one of 40 ms",
      subject: { name: "spawned", batch: () => run("many", 1_000).then(() => 1) },
      reference: { name: "one wait", batch: () => run("one", 1) },
      wanted: 2,
      rounds: 5,
    },
    {
      question: "replaying a recorded effect, against recording it",
      subject: { name: "replay of 10,000", batch: async () => (await recorded(text)).steps },
      reference: { name: "record of 10,000", batch: async () => (await recorded("")).steps },
      rounds: 7,
    },
  ];
  return { list, close: () => vm.close() };
}
