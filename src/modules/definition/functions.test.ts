import { expect, it } from "vitest";
import { recordRun, replayRun, TestScheduler } from "../../testing/kit/index.ts";
import { arg, asActivity, defineModule, fn, LuaSkillsError, results, t } from "../index.ts";
import { fromUnknown } from "./module-error.ts";

it("records what a function answered and replays it without running it", async () => {
  let asked = 0;
  const lookup = fn({
    params: [arg.string("place")],
    returns: [t.number, t.string, t.optional(t.luaError)],
    run: async (_call, place) => results(++asked, place),
  });
  const options = {
    name: "geo",
    description: "Places",
    class: ["network", "workflow"] as const,
    functions: { lookup: asActivity(lookup) },
  };
  const code = `local n, place = require("geo").lookup("Oslo") return { n, place }`;
  const scheduler = new TestScheduler({ modules: [defineModule(options)] });
  const first = await recordRun(scheduler, code);
  expect(first.result.value).toEqual([1, "Oslo"]);
  expect((await replayRun(scheduler, first)).value).toEqual([1, "Oslo"]);
  await scheduler.stop();
  expect(asked).toBe(1);
});

it("refuses what has no outcome to record", () => {
  const calling = fn({ params: [arg.func("f")], returns: [t.any], run: async (call, f) => (await call.invoke(f))[0] });
  expect(() => asActivity(calling)).toThrow("calls back into Lua");
  expect(() => asActivity((() => 1) as never)).toThrow("it takes what fn(...) made, got function");
});

it("returns wrong arguments where the module says so, receivers excepted", async () => {
  const strict = fn({ params: [arg.int("n")], returns: [t.integer], argErrors: "raise", run: (_call, n) => n });
  const plain = fn({ params: [arg.string("s")], returns: [t.string], run: (_call, s) => s });
  const geo = defineModule({
    name: "geo",
    description: "Places",
    class: ["deterministic"],
    argErrors: "return",
    functions: { strict, plain },
  });
  const scheduler = new TestScheduler({ modules: [geo] });
  const { value } = await scheduler.execute(`
    local geo = require("geo")
    local none, err = geo.plain({})
    local ok, message = pcall(geo.strict, "x")
    return { none == nil, err:kind(), err:message(), ok, message, geo.plain(1e100), geo.plain(0.1) }`);
  expect(value).toEqual([
    true,
    "Invalid",
    "bad argument #1 to 'plain' (string expected, got table)",
    false,
    "bad argument #1 to 'strict' (number expected, got string)",
    "1e+100",
    "0.1",
  ]);
  await scheduler.stop();
  expect(() => defineModule({ ...geo, argErrors: "never" as never })).toThrow("argErrors must be");
});

it("reads a table whose metamethod calls the same function, and keeps the members of any other", async () => {
  const shown = fn({
    params: [arg.any("a"), arg.any("b").opt()],
    returns: [t.string],
    run: (_call, ...all) => JSON.stringify(all),
  });
  const geo = defineModule({ name: "geo", description: "Places", class: ["deterministic"], functions: { shown } });
  const scheduler = new TestScheduler({ modules: [geo] });
  const { value } = await scheduler.execute(`
    local shown, inner = require("geo").shown, nil
    local lazy = setmetatable({ 0, 0 }, { __index = function() inner = shown("inside", 7) return nil end })
    lazy[1] = nil
    local outer = shown(lazy, "last")
    return { outer, inner, shown({ 1, 2, x = { 3, [5] = 4 } }), shown({ 1, 2 }, {}), shown({ nested = { { 1, y = 2 } } }) }`);
  expect(value).toEqual([
    '[[null,0],"last"]',
    '["inside",7]',
    '[{"1":1,"2":2,"x":{"1":3,"5":4}},null]',
    "[[1,2],[]]",
    '[{"nested":[{"1":1,"y":2}]},null]',
  ]);
  await scheduler.stop();
});

it("what a platform or the engine throws has the same kind, whoever names it", () => {
  const kinds = (error: Error) => {
    const { kind, retryable } = fromUnknown(error);
    return [kind, retryable];
  };
  for (const [name, code, expected] of [
    ["QuotaExceededError", "quota_exceeded", ["Unavailable", true]],
    ["TimeoutError", "deadline_exceeded", ["Timeout", true]],
    ["AbortError", "aborted", ["Canceled", false]],
    ["DataCloneError", "invalid_argument", ["Invalid", false]],
  ] as const) {
    expect(kinds(new DOMException("x", name)), name).toEqual(expected);
    expect(kinds(new LuaSkillsError(code, "x")), code).toEqual(expected);
  }
  expect(kinds(new TypeError("fetch failed"))).toEqual(["Unavailable", true]);
});
