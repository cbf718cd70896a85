import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import type { LuaValue } from "../lua/interface.ts";
import { dialectPrelude } from "../lua/world/dialect.ts";
import { SecurityContext } from "../policy/decide.ts";
import { testLua } from "../testing/test-wasm.ts";
import { arg } from "./definition/argument.ts";
import { defineModule } from "./definition/module-definition.ts";
import { luaError } from "./definition/module-error.ts";
import { fn } from "./definition/module-function.ts";
import { defineType } from "./definition/object-type.ts";
import { results } from "./definition/results.ts";
import { t } from "./definition/type-shapes.ts";
import { CommandDispatcher } from "./dispatcher.ts";
import { ModuleRegistry } from "./module-registry.ts";
import { furnishModules } from "./vm/furnish.ts";
import type { ModuleCall } from "./vm/module-call.ts";

class Place {
  constructor(readonly name: string) {}
}
const PlaceType = defineType("geo.Place", {
  of: Place,
  methods: { title: fn({ returns: [t.string], run: (_c, self: Place) => self.name.toUpperCase() }) },
  metamethods: { __tostring: (_c, self) => `geo.Place(${self.name})` },
});
let failLate: (error: Error) => void = () => {};
const geo = defineModule({
  name: "geo",
  description: "x",
  class: ["deterministic"],
  types: [PlaceType],
  constants: { KM: 6371, list: [1, 2] },
  functions: {
    greet: fn({
      params: [arg.string("name"), arg.string("g").opt("Hello")],
      returns: [t.string],
      run: (_c, name, g) => `${g}, ${name}!`,
    }),
    lookup: fn({
      params: [arg.string("p")],
      returns: [PlaceType, t.optional(t.luaError)],
      run: async (_c, p) => {
        await null;
        if (p === "no") throw luaError("none", { kind: "NotFound", details: { p } });
        return new Place(p);
      },
    }),
    same: fn({ params: [arg.type(PlaceType, "p")], returns: [PlaceType], run: (_c, p) => p }),
    both: fn({ run: () => results(1, "x") }),
    // Asks the host beside its caller, who takes the answer from a channel.
    ask: fn({
      run: (call) =>
        call.channel((feed) => {
          void call.command("answer").then((value) => {
            feed.push(value);
            feed.end();
          });
        }),
    }),
    listeners: fn({
      returns: [t.integer],
      run: (call) => getEventListeners((call as ModuleCall).hostContext.signal, "abort").length,
    }),
    late: fn({ params: [arg.func("f")], run: async () => new Promise<never>((_done, failed) => (failLate = failed)) }),
    nested: fn({
      params: [arg.number("levels")],
      run: (_c, levels) => Array.from({ length: levels }).reduce<LuaValue>((inner) => [inner], []),
    }),
    any: fn({ params: [arg.any("v")], run: (_c, v) => v }),
    each: fn({
      params: [arg.func("f")],
      run: async (c, f) => {
        let n = 0;
        for (const x of ["a", "b"]) n += Number((await c.invoke(f, x))[0]);
        return n;
      },
    }),
  },
});

/** Runs Lua in a VM that has `geo` and channels, each time as a run of its own; answers what it returns. */
async function geoVm(): Promise<(code: string) => Promise<unknown[]>> {
  const lua = await testLua();
  const packages = {
    name: "=packages",
    source: "local host, primitives = ... primitives.exports.preload = package.preload",
  };
  const vm = lua.createVm({ preludes: [dialectPrelude(), packages] });
  const dispatcher = new CommandDispatcher();
  dispatcher.register("answer", async () => 42);
  const registry = new ModuleRegistry(dispatcher);
  registry.add(geo);
  const state = furnishModules(vm, { kind: "function", modules: ["geo", "channel"], bindGlobals: false }, registry, {
    dispatcher,
    valueDepth: 20,
    now: () => 0,
    log: (_level, text) => {
      throw new Error(text);
    },
    audit: () => {},
    runOf: () => {
      if (!running) throw new Error("no run");
      return {
        kind: "function",
        skillId: undefined,
        security: SecurityContext.of(),
        values: {},
        deadline: Number.POSITIVE_INFINITY,
        seed: [1, 2],
      };
    },
  });
  let running = false;
  return async (code) => {
    running = true;
    vm.install({
      name: "=main",
      source: `local primitives = select(2, ...) primitives.exports.main = function() return primitives.exports.enter(function() local g = require("geo") ${code} end) end`,
    });
    const values = await vm.run(vm.exported("main"), [], (reader) =>
      Array.from({ length: reader.count }, (_, i) => reader.value(i + 1)),
    );
    state.endRun();
    running = false;
    return values;
  };
}

it("what a function answers has as many levels as the border lets through", async () => {
  const run = await geoVm();
  expect(await run(`return #g.nested(18), tostring(select(2, g.nested(25)))`)).toEqual([
    1,
    expect.stringContaining("more than 20 levels (limits.valueDepth)"),
  ]);
});

it("functions and constants", async () => {
  const run = await geoVm();
  expect(
    await run(
      `return g.greet("Ada"), g.KM, g.list[2], select(2, pcall(g.greet)), (select(2, pcall(function() g.list[1] = 5 end)))`,
    ),
  ).toEqual([
    "Hello, Ada!",
    6371,
    2,
    "bad argument #1 to 'greet' (string expected, got no value)",
    expect.stringContaining("attempt to modify immutable table 'geo'"),
  ]);
  expect(await run("return g.both()")).toEqual([1, "x"]);
});

it("objects and errors, from functions that wait and those that do not", async () => {
  const run = await geoVm();
  expect(
    await run(
      `local p, e = g.lookup("Oslo") local n, err = g.lookup("no") return p:title(), tostring(p), e == nil, n == nil, err:kind(), err:details(), rawequal(g.same(p), p), select(2, pcall(g.same, 5)), g.any(p) == p, type(p)`,
    ),
  ).toEqual([
    "OSLO",
    "geo.Place(Oslo)",
    true,
    true,
    "NotFound",
    { p: "no" },
    true,
    "bad argument #1 to 'same' (geo.Place expected, got number)",
    true,
    "userdata",
  ]);
});

it("spawned coroutines wait beside each other", async () => {
  const run = await geoVm();
  expect(
    await run(
      `local log = {} for i = 1, 3 do coroutine.spawn(function() log[#log+1] = "s" .. i g.lookup("x") log[#log+1] = "e" .. i end) end g.lookup("y") g.lookup("z") return table.concat(log, " ")`,
    ),
  ).toEqual(["s1 s2 s3 e1 e2 e3"]);
});

it("a handler calls the Lua function it was given, which may wait", async () => {
  const run = await geoVm();
  expect(await run(`return g.each(function(x) g.lookup("q") return x == "a" and 1 or 10 end)`)).toEqual([11]);
});

it("what goes on beside its caller has one listener to the run, however much it is", async () => {
  const run = await geoVm();
  const [answers, before, during] = await run(
    `local before, sum, all = g.listeners(), 0, {} for i = 1, 20 do all[i] = g.ask() end local during = g.listeners() for i = 1, 20 do sum = sum + all[i]:receive() end return sum, before, during`,
  );
  expect(answers).toBe(20 * 42);
  expect(during).toBe(Number(before) + 1);
});

it("what fails when its run has ended fails for nobody", async () => {
  const run = await geoVm();
  const unheard: unknown[] = [];
  const hear = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", hear);
  expect(await run("coroutine.spawn(function() g.late(print) end) g.lookup('x') return 1")).toEqual([1]);
  failLate(luaError("too late", { kind: "Unavailable" }));
  await new Promise((turn) => setTimeout(turn, 0));
  process.off("unhandledRejection", hear);
  expect(unheard).toEqual([]);
  expect(await run("return g.greet('Ada')")).toEqual(["Hello, Ada!"]);
});
