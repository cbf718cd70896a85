import { expect, it } from "vitest";
import { TestScheduler, testModule } from "../testing/kit/index.ts";
import { arg, defineModule, fn, NULL, t } from "./index.ts";

const subject = defineModule({
  name: "subject",
  description: "What is tested",
  class: ["deterministic"],
  build: (b) => ({
    exports: {
      NULL,
      twice: b.fn({ params: [b.arg.int("n")], returns: [b.t.integer], run: (_call, n) => 2 * n }),
      row: b.fn({ run: () => ({ a: NULL, list: [1, NULL, 3], gone: null }) }),
      kinds: b.fn({
        params: [b.arg.any("v")],
        run: (_call, v) => (v === null ? "null" : v === undefined ? "undefined" : JSON.stringify(v)),
      }),
      each: async (call) => {
        const visit = call.checkFunction(1);
        const list = call.checkTable(2) as readonly number[];
        const out: unknown[] = [];
        for (const n of list) out.push((await call.invoke(visit, n))[0]);
        return out as never;
      },
    },
  }),
});

it("NULL is a value in Lua, at any depth, and comes back as null", async () => {
  const { value } = await new TestScheduler({
    modules: [subject],
  }).execute(`local m = require("subject") local row = m.row()
    return { row.a == m.NULL, row.list[2] == m.NULL, row.gone == nil, tostring(m.NULL), type(m.NULL), #row.list, m.kinds(m.NULL), m.kinds({ x = m.NULL }), m.twice(4) }`);
  expect(value).toEqual([true, true, true, "null", "userdata", 3, "null", '{"x":null}', 8]);
});

it("a function that reads its arguments itself takes functions, which may wait", async () => {
  const scheduler = new TestScheduler({ modules: [subject, "time"] });
  const { value } = await scheduler.execute(`local m, time = require("subject"), require("time")
    local _, kind = pcall(m.each, 5, { 1 }) local _, none = pcall(m.each)
    local _, raised = m.each(function() error("no") end, { 1 })
    return { m.each(function(n) time.sleep("1ms") return n * 10 end, { 1, 2, 3 }), kind, none, tostring(raised) }`);
  expect(value).toEqual([
    [10, 20, 30],
    "bad argument #1 to 'each' (function expected, got number)",
    "bad argument #1 to 'each' (function expected, got no value)",
    expect.stringContaining("no"),
  ]);
  await scheduler.stop();
});

it("functions of arg.func and of checkFunction are refused alike where nothing waits", async () => {
  const sync = defineModule({
    name: "sync",
    description: "Does not wait",
    class: ["deterministic"],
    functions: { take: fn({ returns: [t.string], run: (call) => String(call.checkFunction(1)) }) },
  });
  await testModule(
    sync,
    `local ok, err = pcall(sync.take, print) assert(not ok and err:find("function", 1, true), tostring(err))`,
  );
  expect(() => fn({ params: [arg.func("f")], run: () => 1 })).toThrow("only for functions that wait");
});
