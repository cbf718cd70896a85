import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LuaVm, RunOptions } from "../interface.ts";
import { Run } from "../run.ts";
import type { LuaInstance } from "../wasm/instance.ts";
import { hookMask } from "../wasm/wasm-exports.ts";
import { armCountHook, countHook } from "./count-hook.ts";
import { Guard } from "./guard.ts";

const L = 7;
const place = { vm: 0, hook: 1, library: 2, core: 5 } as const;
const everyStep = hookMask.call | hookMask.line | hookMask.count;
const answers = { goOn: 0, raise: 1, park: 2, pause: 3, yield: 4 } as const;
const unlimited = 1_000_000_000;

/** The functions of the wasm that a guard calls. `meter_swap` sets the budget and answers what was left of the last one. */
function stand({ canPark = false, yieldable = 1, hooks = 0 } = {}) {
  const x = {
    left: 0,
    meter_swap: vi.fn((slice: number) => {
      const { left } = x;
      x.left = slice;
      return left;
    }),
    lua_sethook: vi.fn(),
    lua_gethookmask: () => hooks,
    lua_isyieldable: () => yieldable,
  };
  const guard = new Guard();
  const pushed = attach(guard, x, canPark);
  return { guard, x, pushed };
}

/** Attached to an instance with these exports; answers the texts that are pushed. */
function attach(
  guard: Guard,
  x: object,
  canPark: boolean,
): { texts: Array<readonly [state: number, text: string]>; meanwhile?: () => void; instance: LuaInstance } {
  const u8 = new Uint8Array(100);
  const lua_pushlstring = (state: number, at: number, length: number) => {
    pushed.texts.push([state, new TextDecoder().decode(u8.subarray(at, at + length))]);
    pushed.meanwhile?.();
  };
  const instance = {
    x: { ...x, lua_pushlstring },
    slots: { guardHook: 99 },
    mainState: 1,
    jobState: 2,
    u8,
    scratch: () => 0,
  };
  const pushed: ReturnType<typeof attach> = { texts: [], instance: instance as unknown as LuaInstance };
  guard.attach(pushed.instance, canPark);
  return pushed;
}

const vm = { usable: true } as LuaVm;
/** With its traceback read: that takes a whole Lua state. */
const runWith = (options: RunOptions = {}, mayWait = true): Run =>
  Object.assign(new Run(vm, 1, 1, [], () => undefined, options, mayWait), { traceback: "traceback" });

/** A run whose time is over and that nobody has stopped yet. */
const late = (options: RunOptions = {}, mayWait = true): Run => runWith({ deadline: 0, ...options }, mayWait);

describe("the budget", () => {
  it.each<readonly [string, Run, number]>([
    ["of a run without limits is looked at next to never", runWith(), unlimited],
    ["of a run with a deadline every 10,000 units", runWith({ deadline: Number.MAX_SAFE_INTEGER }), 10_000],
    ["of a run that can be aborted, too", runWith({ signal: new AbortController().signal }), 10_000],
    ["is never above what is left", runWith({ instructions: 123 }), 123],
    ["is never nothing", Object.assign(runWith({ instructions: 100 }), { instructionsUsed: 100 }), 1],
    ["is small at the end", Object.assign(runWith(), { stopped: "aborted" }), 50],
  ])("%s", (_, run, slice) => {
    const { guard, x } = stand();
    guard.enter(run);
    expect(x.meter_swap).toHaveBeenLastCalledWith(slice);
  });

  it("is booked on who used it", () => {
    const { guard, x } = stand();
    const [one, two] = [runWith({ deadline: Number.MAX_SAFE_INTEGER }), runWith({ deadline: Number.MAX_SAFE_INTEGER })];
    guard.enter(one);
    x.left = 9_000;
    guard.enter(two);
    expect([one.instructionsUsed, two.instructionsUsed]).toEqual([1_000, 0]);
    // Not its turn: nothing is booked.
    guard.bank(one);
    guard.leave(one);
    expect(guard.current).toBe(two);
    expect([one.instructionsUsed, two.instructionsUsed]).toEqual([1_000, 0]);
    x.left = 4_000;
    guard.bank(two);
    expect(two.instructionsUsed).toBe(6_000);
    x.left = 0;
    guard.leave(two);
    expect([guard.current, two.instructionsUsed]).toEqual([undefined, 6_000]);
  });

  it("of nobody is booked on nobody, and without a meter there is none", () => {
    const guard = new Guard();
    const run = runWith();
    guard.enter(run);
    expect(guard.current).toBe(run);
    const { guard: idle, x } = stand();
    expect(idle.hit(L, place.hook)).toBe(answers.goOn);
    expect(x.meter_swap).toHaveBeenLastCalledWith(unlimited);
  });

  it("runs for one at a time", () => {
    const { guard } = stand();
    const [one, two] = [runWith(), runWith()];
    const running = new Map<Run, boolean>();
    for (const run of [one, two]) Object.defineProperty(run, "running", { set: (now) => running.set(run, now) });
    guard.enter(one);
    guard.enter(one);
    expect([running.get(one), running.get(two)]).toEqual([true, undefined]);
    guard.enter(two);
    expect([running.get(one), running.get(two)]).toEqual([false, true]);
    guard.bank(two);
    expect(running.get(two)).toBe(false);
  });
});

describe("a run over its limit", () => {
  // On a busy machine the patience of the guard is over between two lines of a test.
  beforeEach(() => void vi.spyOn(performance, "now").mockReturnValue(1_000_000));
  afterEach(() => void vi.restoreAllMocks());

  const frames = (run: Run): Run => Object.assign(run, { javascriptFrames: 1 });

  it.each<readonly [string, boolean, () => Run, number, number]>([
    ["is parked in a hook where stacks suspend", true, () => late(), place.hook, answers.park],
    ["raises where it may not wait", true, () => late({}, false), place.hook, answers.raise],
    ["raises where its VM is kept", true, () => late({ keepAfterDeadline: true }), place.hook, answers.raise],
    ["raises below a frame of JavaScript", true, () => frames(late()), place.hook, answers.raise],
    ["raises in a library", true, () => late(), place.library, answers.raise],
    ["raises in a hook where stacks do not suspend", false, () => late(), place.hook, answers.raise],
    ["waits for its hook between two instructions", true, () => late(), place.vm, answers.goOn],
  ])("%s", (_, canPark, make, at, answer) => {
    const { guard, x, pushed } = stand({ canPark });
    const run = make();
    guard.enter(run);
    expect(guard.hit(L, at)).toBe(answer);
    expect(run.stopped).toBe("deadline_exceeded");
    expect(x.lua_sethook.mock.calls).toEqual([[L, 99, everyStep, 1]]);
    expect(pushed.texts).toEqual(answer === answers.raise ? [[L, "execution time limit exceeded"]] : []);
    expect(x.meter_swap).toHaveBeenLastCalledWith(50);
  });

  it("goes on for a moment in the middle of the core, where nothing can be set, raised or suspended", () => {
    const { guard, x, pushed } = stand({ canPark: true });
    const run = late();
    guard.enter(run);
    expect(guard.hit(0, place.core)).toBe(answers.goOn);
    expect(run.stopped).toBe("deadline_exceeded");
    expect([x.lua_sethook.mock.calls, pushed.texts]).toEqual([[], []]);
    run.stoppedAt = performance.now() - 50;
    expect(() => guard.hit(0, place.core)).toThrow("execution time limit exceeded");
  });

  it("has its hook set once", () => {
    const { guard, x } = stand({ hooks: everyStep });
    guard.enter(late());
    guard.hit(L, place.hook);
    expect(x.lua_sethook).not.toHaveBeenCalled();
  });

  it("is asked nothing while it is answered", () => {
    // On a busy machine the second answer may come so late that it is a run that resists.
    const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
    const { guard, x, pushed } = stand();
    const run = late();
    guard.enter(run);
    const inside: number[] = [];
    pushed.meanwhile = () => void inside.push(guard.hit(L, place.hook));
    expect(guard.hit(L, place.hook)).toBe(answers.raise);
    expect(guard.hit(L, place.hook)).toBe(answers.raise);
    expect(inside).toEqual([answers.goOn, answers.goOn]);
    expect(x.meter_swap).toHaveBeenLastCalledWith(50);
    clock.mockRestore();
  });

  it("is broken off when it resists, later where its VM is kept", () => {
    const resists = (options: RunOptions, ms: number) => () => {
      const { guard } = stand();
      const run = late(options);
      guard.enter(run);
      guard.hit(L, place.hook);
      run.stoppedAt = performance.now() - ms;
      guard.hit(L, place.hook);
    };
    expect(resists({}, 50)).toThrow("execution time limit exceeded");
    expect(resists({ keepAfterDeadline: true }, 50)).not.toThrow();
    expect(resists({ keepAfterDeadline: true }, 150)).toThrow("execution time limit exceeded");
  });

  it("is broken off by what it uses where no clock runs", () => {
    const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
    const { guard, x } = stand();
    guard.enter(late());
    const usedUp = (units: number) => {
      x.left -= units;
      return guard.hit(L, place.library);
    };
    expect([usedUp(100), usedUp(199_000)]).toEqual([answers.raise, answers.raise]);
    expect(() => usedUp(2_000)).toThrow("execution time limit exceeded");
    clock.mockRestore();
  });
});

describe("a run whose slice is over", () => {
  const tired = (more: Partial<Run> = {}): Run => {
    const run = Object.assign(runWith({ sliceMs: 1 }), more);
    Object.defineProperty(run, "sliceOver", { value: true });
    return run;
  };

  it.each<readonly [string, Parameters<typeof stand>[0], Partial<Run>, number, number]>([
    ["pauses where stacks suspend", { canPark: true }, {}, place.hook, answers.pause],
    ["pauses in a library there", { canPark: true }, {}, place.library, answers.pause],
    ["yields its coroutine elsewhere", {}, {}, place.hook, answers.yield],
    ["goes on in a library elsewhere", {}, {}, place.library, answers.goOn],
    ["goes on where nothing can yield", { yieldable: 0 }, {}, place.hook, answers.goOn],
    [
      "pauses where nothing can yield but stacks suspend",
      { canPark: true, yieldable: 0 },
      {},
      place.hook,
      answers.pause,
    ],
    ["goes on when it pauses already", { canPark: true }, { paused: true }, place.hook, answers.goOn],
    ["goes on below a frame of JavaScript", { canPark: true }, { javascriptFrames: 1 }, place.hook, answers.goOn],
  ])("%s", (_, with_, more, at, answer) => {
    const { guard } = stand(with_);
    const run = tired(more);
    guard.enter(run);
    expect(guard.hit(L, at)).toBe(answer);
    expect(run.paused).toBe(answer !== answers.goOn || more.paused === true);
  });

  it("leaves it to a hook between two instructions", () => {
    const { guard, x } = stand({ canPark: true });
    const run = tired();
    guard.enter(run);
    expect(guard.hit(L, place.vm)).toBe(answers.goOn);
    expect([run.paused, x.lua_sethook.mock.calls]).toEqual([false, [[L, 99, hookMask.count, 1]]]);
  });

  it("loses the hook that was for a pause when it need not pause", () => {
    const { guard, x } = stand({ canPark: true });
    const run = runWith({ deadline: Number.MAX_SAFE_INTEGER });
    guard.enter(run);
    expect(guard.hit(L, place.library)).toBe(answers.goOn);
    expect(x.lua_sethook).not.toHaveBeenCalled();
    expect(guard.hit(L, place.hook)).toBe(answers.goOn);
    expect(x.lua_sethook.mock.calls).toEqual([[L, 0, 0, 0]]);
  });
});

describe("JavaScript between two levels of Lua", () => {
  it("is counted, and may be a hundred deep", () => {
    const { guard } = stand();
    const run = runWith();
    guard.enter(run);
    const nested = (depth: number): number =>
      depth === 0 ? run.javascriptFrames : guard.withoutWaiting(() => nested(depth - 1));
    expect(nested(100)).toBe(100);
    expect(() => nested(101)).toThrow("C stack overflow");
    expect(run.javascriptFrames).toBe(0);
    expect(new Guard().withoutWaiting(() => "without a run")).toBe("without a run");
  });

  it("is ended where it asks", () => {
    const { guard } = stand();
    guard.check();
    guard.enter(late());
    expect(() => guard.check()).toThrow("execution time limit exceeded");
  });
});

describe("host calls of a run", () => {
  /** So many calls of `callMs` pass from the deadline on before one is refused; the clock is read by nobody else. */
  const passed = (callMs: number, between: (run: Run) => void = () => {}) => {
    let now = 1000;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    try {
      const run = runWith({ deadline: 2000 });
      run.running = true;
      // Their cost is known when the deadline passes.
      for (let i = 0; i < 20; i++, now += callMs) run.checkCall();
      now = 2000;
      between(run);
      for (let calls = 0; calls < 1000; calls++) {
        try {
          run.checkCall();
        } catch (thrown) {
          expect(String(thrown)).toContain("execution time limit exceeded");
          return calls;
        }
        now += callMs;
      }
      throw new Error("the run was never ended");
    } finally {
      clock.mockRestore();
    }
  };

  it("look at the clock at the latest after eight of them", () => expect(passed(0.001)).toBeLessThanOrEqual(8));

  it("look each time while they take long", () => expect(passed(1)).toBe(0));

  it("look at once when the run goes on after a pause, was stopped, or has no budget left", () => {
    const pause = (run: Run) => {
      run.running = false;
      run.running = true;
    };
    expect(passed(0.001, pause)).toBe(0);
    expect(passed(0.001, (run) => run.stop("deadline_exceeded"))).toBe(0);
    const run = runWith({ instructions: 10 });
    run.checkCall();
    run.instructionsUsed = 10;
    expect(() => run.checkCall()).toThrow("instruction budget exceeded");
  });
});

describe("a wasm without a meter", () => {
  it("asks from hooks, which count for the run", () => {
    const x = { lua_sethook: vi.fn(), lua_gethookmask: () => 0 };
    const guard = new Guard();
    const { instance } = attach(guard, x, false);
    const hook = () => countHook(guard, instance, L);
    armCountHook(instance);
    expect(x.lua_sethook.mock.calls).toEqual([
      [1, 99, hookMask.count, 10_000],
      [2, 99, hookMask.count, 10_000],
    ]);
    expect(hook()).toBe(answers.goOn);
    const run = runWith({ instructions: 15_000 });
    guard.enter(run);
    x.lua_sethook.mockClear();
    expect([hook(), run.instructionsUsed]).toEqual([answers.goOn, 10_000]);
    expect(x.lua_sethook.mock.calls).toEqual([[L, 99, hookMask.count, 10_000]]);
    x.lua_sethook.mockClear();
    expect([hook(), run.stopped]).toEqual([answers.raise, "budget_exceeded"]);
    expect(x.lua_sethook.mock.calls).toEqual([
      [L, 99, everyStep, 1],
      [1, 99, everyStep, 1],
    ]);
    run.stoppedAt = performance.now() + 1_000;
    hook();
    expect(run.instructionsUsed).toBe(20_001);
  });
});
