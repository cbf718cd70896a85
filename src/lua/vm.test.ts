import { afterEach, describe, expect, test, vi } from "vitest";
import { LuaSkillsError } from "../errors.ts";
import { evaluate, globals, testLua } from "../testing/test-wasm.ts";
import { CANNOT_WAIT, LuaRunError, type LuaVm } from "./interface.ts";

const lua = await testLua();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function waitingVm(): LuaVm {
  return lua.createVm({
    preludes: [
      globals({
        sleep: { waits: (args) => sleep(args.number(1)) as Promise<undefined> },
        never: { waits: () => new Promise<never>(() => {}) },
        aborted: {
          waits: (_, { signal }) =>
            new Promise<boolean>((resolve) => signal.addEventListener("abort", () => resolve(true))),
        },
      }),
    ],
  });
}

describe("runs", () => {
  test("10,000 in a row leave nothing behind", async () => {
    const vm = lua.createVm({ preludes: [globals({ echo: (args) => args.value(1) })] });
    const fn = vm.compile('return {1, echo("x")}, 2, 3', "=t");
    for (let i = 0; i < 100; i++) await vm.run(fn, [i], (r) => r.value(1));
    const memory = vm.memoryBytes;
    for (let i = 0; i < 10_000; i++) {
      const [list, count] = await vm.run(fn, [i, "arg"], (r) => [r.value(1), r.count]);
      if (count !== 3) throw new Error(`run ${i} answered ${count} values`);
      if (i === 9999) expect(list).toEqual([1, "x"]);
    }
    expect(vm.memoryBytes).toBe(memory);
  });

  test("failed ones leave nothing behind either", async () => {
    const vm = lua.createVm({ preludes: [] });
    for (const code of ["error({1})", "error(setmetatable({}, {__tostring = error}))"]) {
      const fn = vm.compile(code, "=t");
      for (let i = 0; i < 100; i++) await vm.run(fn, [], () => 0).catch(() => 0);
      const memory = vm.memoryBytes;
      for (let i = 0; i < 2000; i++) await expect(vm.run(fn, [], () => 0)).rejects.toThrow(LuaRunError);
      expect(vm.memoryBytes).toBe(memory);
    }
    expect(await evaluate(vm, "return 1")).toEqual([1]);
  });

  test("what `read` throws comes out as it is", async () => {
    const vm = lua.createVm({ preludes: [] });
    class Odd extends Error {}
    const fn = vm.compile("return 1", "=t");
    await expect(
      vm.run(fn, [], () => {
        throw new Odd("read");
      }),
    ).rejects.toThrow(Odd);
    expect(() =>
      vm.runSync(fn, [], () => {
        throw new Odd("read");
      }),
    ).toThrow(Odd);
    expect(await evaluate(vm, "return 2")).toEqual([2]);
  });

  test("runSync refuses to wait, with a text that says so", async () => {
    const vm = waitingVm();
    const fn = vm.compile("return pcall(sleep, 1)", "=t");
    expect(vm.runSync(fn, [], (r) => [r.value(1), r.text(2)])).toEqual([false, CANNOT_WAIT]);
    expect(await evaluate(vm, "sleep(1) return 1")).toEqual([1]);
  });

  test("a host function may run Lua of its own VM", async () => {
    let inner: LuaVm | undefined;
    const vm = lua.createVm({
      preludes: [
        globals({
          twice: (args) => {
            if (!inner) return null;
            const fn = inner.compile("local n = ... return n * 2", "=inner");
            return inner.runSync(fn, [args.number(1)], (r) => r.number(1));
          },
          nested: {
            waits: async (args) => {
              const n = args.number(1);
              if (!inner || n === 0) return "bottom";
              await sleep(0);
              return inner.run(inner.compile("local n = ... return 'n' .. n .. nested(n - 1)", "=inner"), [n], (r) =>
                r.text(1),
              );
            },
          },
        }),
      ],
    });
    inner = vm;
    expect(await evaluate(vm, "return twice(4) + twice(1)")).toEqual([10]);
    expect(await evaluate(vm, "return nested(3)")).toEqual(["n3n2n1bottom"]);
  });

  test("a function of another VM is refused", async () => {
    const [a, b] = [lua.createVm({ preludes: [] }), lua.createVm({ preludes: [] })];
    await expect(b.run(a.compile("return 1", "=t"), [], () => 0)).rejects.toThrow(/another VM/);
  });

  test("a closed VM says so", async () => {
    const vm = lua.createVm({ preludes: [] });
    const fn = vm.compile("return 1", "=t");
    vm.close();
    vm.close();
    expect(vm.usable).toBe(false);
    await expect(vm.run(fn, [], () => 0)).rejects.toThrow(/stopped or closed/);
    fn.release();
  });
});

describe("preludes", () => {
  test("exports, primitives and order", async () => {
    const vm = lua.createVm({
      preludes: [
        { name: "=one", source: "shared = {} local _, p = ... p.exports.drive = function(a) return a .. shared.x end" },
        {
          name: "=two",
          source: `local host, p = ... shared.x = host.x()
            p.exports.deep = {fn = function() return type(p.debug.sethook), type(p.load("return 1")), type(p.coroutine.create) end}
            local u = p.newuserdata({__index = {a = 7}, __name = "Handle"}) shared.u = u`,
          functions: { x: () => "X" },
        },
      ],
    });
    expect(vm.runSync(vm.exported("drive"), ["a"], (r) => r.text(1))).toBe("aX");
    expect(vm.runSync(vm.exported("deep.fn"), [], (r) => [r.text(1), r.text(2), r.text(3)])).toEqual([
      "function",
      "function",
      "function",
    ]);
    expect(vm.runSync(vm.exported("string.upper"), ["a"], (r) => r.text(1))).toBe("A");
    expect(await evaluate(vm, "return type(shared.u), shared.u.a")).toEqual(["userdata", 7]);
    expect(() => vm.exported("nothing.here")).toThrow(/exports a function named nothing.here/);
  });

  test("one that fails is named", () => {
    expect(() => lua.createVm({ preludes: [{ name: "=broken", source: "error('x', 0)" }] })).toThrow(
      "the Lua prelude =broken failed: x",
    );
    expect(() => lua.createVm({ preludes: [{ name: "=broken", source: "return +" }] })).toThrow(
      /prelude =broken failed: broken:1:/,
    );
  });
});

describe("limits", () => {
  test("the deadline, with its text", async () => {
    const vm = lua.createVm({ preludes: [] });
    await expect(
      evaluate(vm, "while true do end", [], { deadline: performance.now() + 20, timeoutMessage: "custom text" }),
    ).rejects.toMatchObject({
      kind: "stopped",
      message: "custom text",
      details: { reason: "deadline_exceeded" },
    });
    expect(vm.usable).toBe(false);
  });

  test("the traceback tells where it was", async () => {
    const vm = lua.createVm({ preludes: [] });
    const code = "local function busy() while true do end end local function caller() busy() return 1 end caller()";
    await expect(evaluate(vm, code, [], { deadline: performance.now() + 20 })).rejects.toMatchObject({
      details: { traceback: expect.stringMatching(/'busy'(.|\n)*'caller'/) },
    });
  });

  test("the budget, the same on every run", async () => {
    const used: number[] = [];
    for (let i = 0; i < 2; i++) {
      const vm = lua.createVm({ preludes: [] });
      await evaluate(vm, "for i = 1, 5000 do end");
      used.push(vm.usage.instructions);
      await expect(evaluate(vm, "while true do end", [], { instructions: 20_000 })).rejects.toMatchObject({
        details: { reason: "budget_exceeded" },
      });
      expect(vm.usage.instructions).toBeGreaterThanOrEqual(20_000);
      expect(vm.usage.instructions).toBeLessThan(25_000);
    }
    expect(used[0]).toBeGreaterThan(4999);
    expect(used[0]).toBeLessThan(6000);
    expect(used[1]).toBe(used[0]);
  });

  test("enough budget and time change nothing", async () => {
    const vm = lua.createVm({ preludes: [] });
    for (let i = 0; i < 20; i++) {
      expect(
        await evaluate(vm, "local n = 0 for i = 1, 50000 do n = n + 1 end return n", [], {
          deadline: performance.now() + 5000,
          instructions: 1e9,
        }),
      ).toEqual([50_000]);
    }
    expect(vm.usable).toBe(true);
  });

  test("a run that is over limits nothing that comes later", async () => {
    const vm = lua.createVm({ preludes: [] });
    await evaluate(vm, "return 1", [], { deadline: performance.now() + 10, instructions: 5000 });
    await expect(
      evaluate(vm, "error('x')", [], { deadline: performance.now() + 10, instructions: 5000 }),
    ).rejects.toThrow(LuaRunError);
    await sleep(15);
    const fn = vm.compile(`return ${"1 + ".repeat(150)} 1`, "=later");
    expect(vm.runSync(fn, [], (r) => r.number(1))).toBe(151);
    expect(await evaluate(vm, "for i = 1, 1e5 do end return 2")).toEqual([2]);
  });

  test("the deadline while waiting", async () => {
    const vm = waitingVm();
    const started = performance.now();
    await expect(evaluate(vm, "never()", [], { deadline: performance.now() + 30 })).rejects.toMatchObject({
      kind: "stopped",
      details: { reason: "deadline_exceeded" },
    });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(vm.usable).toBe(false);
  });

  test("waiting does not count as computing, but time goes on", async () => {
    const vm = waitingVm();
    await expect(
      evaluate(vm, "sleep(40) while true do end", [], { deadline: performance.now() + 80 }),
    ).rejects.toMatchObject({
      details: { reason: "deadline_exceeded" },
    });
  });

  test("the caller's signal: before, while waiting, and seen by the host function", async () => {
    const early = new AbortController();
    early.abort();
    const vm = waitingVm();
    await expect(evaluate(vm, "return 1", [], { signal: early.signal })).rejects.toMatchObject({
      details: { reason: "aborted" },
    });
    expect(vm.usable).toBe(true);
    const later = new AbortController();
    const pending = evaluate(vm, "aborted()", [], { signal: later.signal });
    setTimeout(() => later.abort(), 5);
    await expect(pending).rejects.toMatchObject({ kind: "stopped", details: { reason: "aborted" } });
    expect(vm.usable).toBe(false);
  });

  test("the host function's signal fires at the deadline", async () => {
    let fired = "";
    const vm = lua.createVm({
      preludes: [
        globals({
          wait: {
            waits: (_, { signal }) =>
              new Promise<never>(() => signal.addEventListener("abort", () => (fired = String(signal.reason)))),
          },
        }),
      ],
    });
    await evaluate(vm, "wait()", [], { deadline: performance.now() + 10 }).catch(() => 0);
    expect(fired).toBe("execution time limit exceeded");
  });

  test("memory: an error Lua can catch, a typed stop when it does not", async () => {
    const vm = lua.createVm({ preludes: [], memoryBytes: 16 * 2 ** 20 });
    expect(await evaluate(vm, "return pcall(string.rep, 'x', 1e8)")).toEqual([false, "not enough memory"]);
    expect(vm.usable).toBe(true);
    await expect(evaluate(vm, "return #('x'):rep(1e8)")).rejects.toMatchObject({
      kind: "stopped",
      details: { reason: "memory_exceeded" },
    });
    expect(vm.usable).toBe(false);
    expect(vm.memoryBytes).toBeLessThanOrEqual(16 * 2 ** 20);
  });

  // The collector's last try goes through all of a full heap, and the guard looks at the run meanwhile.
  test.each([
    "local t = {} for i = 1, 1e9 do t[i] = { i } end",
    "local t = {} while true do t = { t } end",
    "local t = {} for i = 1, 1e9 do t[i] = 'x' .. i end",
    "local t = {} for i = 1, 1e9 do t[i] = function() return i end end",
  ])("memory filled with small things: %s", async (code) => {
    const vm = lua.createVm({ preludes: [], memoryBytes: 48 * 2 ** 20 });
    await expect(evaluate(vm, code, [], { runMs: 60_000 })).rejects.toMatchObject({
      message: "not enough memory",
      details: { reason: "memory_exceeded" },
    });
    expect(vm.usable).toBe(false);
  });

  test("memory used up by what comes in and goes out", async () => {
    const big = "x".repeat(12 * 2 ** 20);
    const vm = lua.createVm({ preludes: [globals({ big: () => big })], memoryBytes: 16 * 2 ** 20 });
    expect(await evaluate(vm, "local ok, e = pcall(big) return ok, (e:match('not enough memory'))")).toEqual([
      false,
      "not enough memory",
    ]);
    const fn = vm.compile("return 1", "=t");
    await expect(vm.run(fn, [big], () => 0)).rejects.toMatchObject({
      kind: "stopped",
      details: { reason: "memory_exceeded" },
    });
  });

  test("a memory cap below an empty VM is refused", () => {
    expect(() => lua.createVm({ preludes: [], memoryBytes: 2 ** 20 })).toThrow(LuaSkillsError);
  });

  test("usage", async () => {
    const vm = waitingVm();
    await evaluate(vm, "sleep(20)");
    expect(vm.usage.ms).toBeGreaterThan(15);
    expect(vm.usage.peakBytes).toBe(vm.memoryBytes);
  });
});

describe("timers", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("a run that ends leaves no timer and no listener", async () => {
    const vm = waitingVm();
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    await evaluate(vm, "sleep(1) sleep(1)", [], { deadline: performance.now() + 60_000, signal: controller.signal });
    expect(removed).toHaveBeenCalledTimes(1);
    expect(cleared).toHaveBeenCalledTimes(1);
  });
});
