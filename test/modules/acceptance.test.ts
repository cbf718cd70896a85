/** What a host developer relies on, through the test kit. */
import { describe, expect, it } from "vitest";
import { arg, defineModule, fn, luaError } from "../../src/modules/index.ts";
import {
  assertManifest,
  mockTransport,
  recordRun,
  replayRun,
  TestScheduler,
  testModule,
  virtualClock,
} from "../../src/testing/kit/index.ts";
import { greeter, log, things, yields } from "./things.ts";

describe("the seed's two programs", () => {
  it("a synchronous module as a global", async () => {
    await testModule(
      greeter,
      `local m = mymodule assert(m.hello() == "Hello, World!") assert(m.greet("Ada") == "Hello, Ada!")`,
    );
  });

  it("a module with a yield, under a scheduler with chosen dispatchers", async () => {
    const scheduler = new TestScheduler({ modules: [things] });
    const fetch = scheduler.mock(300, async ({ url }: { url: string }) => ({ body: `body of ${url}`, status: 200 }));
    const completed: string[] = [];
    scheduler.onComplete((id) => completed.push(id));
    const result = await scheduler.execute(`return require("things").fetch("http://example.com")`, { id: "test" });
    expect(result).toMatchObject({ id: "test", value: "body of http://example.com" });
    expect(fetch.calls).toEqual([{ url: "http://example.com" }]);
    expect(completed).toEqual(["test"]);
    await scheduler.leakCheck();
    await scheduler.stop();
  });
});

describe("arguments and results", () => {
  const run = async (source: string) => {
    const scheduler = new TestScheduler({ modules: [things, greeter] });
    try {
      return await scheduler.value(
        `local m, h = require("things"), require("mymodule") local function e(f, ...) return (select(2, pcall(f, ...))) end ${source}`,
      );
    } finally {
      await scheduler.stop();
    }
  };

  it("exact texts", async () => {
    expect(
      await run(`return { e(h.greet), e(h.greet, nil), e(h.greet, {}), e(m.counter, 1.5), e(m.counter, "x"), e(m.both, 5), e(m.both, nil), e(m.rest, "a", 1, {}), e(m.record, { name = 1, ttl = "x" }), e(m.record, {}), e(m.echo),
        e(m.counter(1).id, nil), e(m.counter(1).id), h.greet(5), m.rest("a", 1, "2"), { m.record({ name = "n" }) } }`),
    ).toEqual([
      "bad argument #1 to 'greet' (string expected, got no value)",
      "bad argument #1 to 'greet' (string expected, got nil)",
      "bad argument #1 to 'greet' (string expected, got table)",
      "bad argument #1 to 'counter' (number has no integer representation)",
      "bad argument #1 to 'counter' (number expected, got string)",
      "bad argument #1 to 'both' (things.Counter expected, got number)",
      "bad argument #1 to 'both' (things.Counter expected, got nil)",
      "bad argument #3 to 'rest' (number expected, got table)",
      "bad argument #1 to 'record' (field 'ttl': number expected, got string)",
      "bad argument #1 to 'record' (field 'name': string expected, got nil)",
      "bad argument #1 to 'echo' (value expected)",
      "calling 'id' on bad self (things.Counter expected, got nil)",
      "calling 'id' on bad self (things.Counter expected, got no value)",
      "Hello, 5!",
      3,
      [5, "n"],
    ]);
  });

  it("a mistake names the line of its caller, whatever the function takes and wherever it is called", async () => {
    const texts = await run(`
      local function direct() local _ = h.greet() end
      local function tail() return h.greet() end
      local function loose() local _ = m.record({}) end
      return { e(direct), e(tail), e(loose) }`);
    expect(texts).toEqual([
      expect.stringMatching(/:2: bad argument #1 to 'greet' \(string expected, got no value\)$/),
      expect.stringMatching(/:3: bad argument #1 to 'greet' \(string expected, got no value\)$/),
      expect.stringMatching(/:4: bad argument #1 to 'record' \(field 'name': string expected, got nil\)$/),
    ]);
  });

  it("values survive both ways", async () => {
    expect(
      await run(`local bytes = {} for i = 0, 255 do bytes[i + 1] = string.char(i) end local all = table.concat(bytes)
        local c = m.counter(7) local back = m.list({ deep = { c } })
        return { tostring(m.echo(404)), m.echo(all) == all, math.type(m.echo(3)), m.echo(9007199254740993) == 9007199254740993, back.got.deep[1] == c, rawequal(back.got.deep[1], c), back.made[2]:id(), type(c), e(m.echo, print) ~= nil }`),
    ).toEqual(["404", true, "integer", true, true, true, 9, "userdata", true]);
  });

  it("userdata: operators, computed fields, waiting methods", async () => {
    // Where the globals of one run are there in the next, a run can meet what an earlier one has left.
    const scheduler = new TestScheduler({ modules: [things], isolation: "shared" });
    scheduler.mock("things.later", ({ id }: { id: number }) => id + 1);
    expect(
      await scheduler.value(`local m = require("things") local a, b = m.counter(1), m.counter(2)
        return { a == m.counter(1), a < b, (a + b):id(), (a + 5):id(), a.double, #b, a:later(), getmetatable(a), tostring(a):match("^things.Counter: ") ~= nil, m.both(a, b), a.nothing == nil }`),
    ).toEqual([true, true, 3, 6, 2, 2, 2, false, true, 3, true]);
    log.length = 0;
    await scheduler.value(`local m = require("things") keep = { m.counter(1), m.counter(2), m.counter(3) } return 1`);
    expect(log.slice(-3)).toEqual(["dispose 3", "dispose 2", "dispose 1"]);
    const { error } = await scheduler.execute("return keep[1]:id()");
    expect(error?.message).toContain("calling 'id' on bad self");
    await scheduler.leakCheck();
    await scheduler.stop();
  });

  it("failures: structured, of a bug, uncaught", async () => {
    const scheduler = new TestScheduler({ modules: [things] });
    expect(
      await scheduler.value(`local m = require("things") local _, a = m.fails() local _, b = m.crashes()
        return { a:kind(), a:retryable(), a:details(), a:message(), b:kind(), b:retryable(), b:message(), m.frozen().a.b, (select(2, pcall(function() m.frozen().a.b = 2 end))):match("immutable table 'frozen'") ~= nil }`),
    ).toEqual(["RateLimited", true, { after: 5 }, "no", "Internal", false, "a bug", 1, true]);
    const { error } = await scheduler.execute(`local _, err = require("things").fails() return nil, err`);
    expect(error).toMatchObject({
      code: "lua_error",
      data: { kind: "RateLimited", retryable: true, details: { after: 5 } },
    });
    const { error: text } = await scheduler.execute(`return nil, "plain"`);
    expect(text?.message).toContain("plain");
    expect(
      (await scheduler.execute("return { go = function(input) return input.n end }", { method: "go", input: { n: 4 } }))
        .value,
    ).toBe(4);
    expect((await scheduler.execute("return {}", { method: "stop" })).error?.message).toContain(
      'method "stop" not found in module',
    );
    await scheduler.stop();
  });
});

describe("waiting", () => {
  it("looks like a call everywhere, and user coroutines see nothing of it", async () => {
    const scheduler = new TestScheduler({ modules: [things] });
    scheduler.mock("things.wait", async ({ what }: { what: string }) => {
      if (what === "bad") throw luaError("bad thing", { kind: "Unavailable", retryable: true });
      return `${what}!`;
    });
    expect(
      await scheduler.value(`local wait = require("things").wait
        local out = { wait("main"), (select(2, pcall(wait, "pcall"))) }
        local function each() local i = 0 return function() i = i + 1 if i < 3 then return wait("it" .. i) end end end
        for v in each() do out[#out + 1] = v end
        local co = coroutine.create(function(a) local b = coroutine.yield(wait(a)) return wait(b) end)
        out[#out + 1] = (select(2, coroutine.resume(co, "in"))) out[#out + 1] = (select(2, coroutine.resume(co, "out"))) out[#out + 1] = coroutine.status(co)
        for v in coroutine.wrap(function() coroutine.yield(wait("wrap")) end) do out[#out + 1] = v end
        local sorted = { 3, 1, 2 } table.sort(sorted, function(a, b) wait("sort") return a < b end)
        out[#out + 1] = table.concat(sorted)
        coroutine.spawn(function() local v = wait("spawned") out[#out + 1] = v end)
        local beside = wait("beside") out[#out + 1] = beside
        local _, err = wait("bad") out[#out + 1] = err:kind()
        return out`),
    ).toEqual([
      "main!",
      "pcall!",
      "it1!",
      "it2!",
      "in!",
      "out!",
      "dead",
      "wrap!",
      "123",
      "spawned!",
      "beside!",
      "Unavailable",
    ]);
    await scheduler.stop();
  });

  it("overlaps: two waits of 50 ms take 50 ms of virtual time", async () => {
    const clock = virtualClock(0);
    const scheduler = new TestScheduler({ modules: ["time"], clock });
    const running = scheduler.value(
      `local time, start = require("time"), require("time").now()
      local done = channel.new(2)
      for _ = 1, 2 do coroutine.spawn(function() time.sleep("50ms") done:send(true) end) end
      done:receive() done:receive()
      return time.now():sub(start):milliseconds()`,
      { bindGlobals: true },
    );
    while (clock.sleeping < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.runAll();
    expect(await running).toBe(50);
    await scheduler.stop();
  });

  it("yields are released once: on success, failure, a wrong shape and an abort", async () => {
    const scheduler = new TestScheduler({ modules: [things] });
    let waiting = 0;
    scheduler.mock(300, ({ url }: { url: string }, { signal }) => {
      if (url === "bad") throw new Error("down");
      if (url === "shape") return {};
      if (url === "hang") {
        waiting++;
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      }
      return { body: "ok" };
    });
    yields.released = 0;
    expect(
      await scheduler.value(
        `local f = require("things").fetch local _, a = f("bad") local _, b = f("shape") return { f("x"), a:message(), b:message(), b:kind() }`,
      ),
    ).toEqual(["ok", "down", "invalid response type", "Internal"]);
    expect(yields.released).toBe(3);
    const abort = new AbortController();
    const hanging = scheduler.execute(`require("things").fetch("hang") after = true`, { signal: abort.signal });
    while (waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    abort.abort();
    expect((await hanging).error?.code).toBe("aborted");
    expect(yields.released).toBe(4);
    expect(await scheduler.value("return after == nil")).toBe(true);
    expect((await scheduler.execute(`local _, e = require("things").fetch("x") return e == nil`)).value).toBe(true);
    await scheduler.leakCheck();
    await scheduler.stop();
  });

  it("an abort reaches the handler's signal; nobody's command has a text", async () => {
    const scheduler = new TestScheduler({ modules: [things] });
    log.length = 0;
    const abort = new AbortController();
    const hanging = scheduler.execute(`require("things").hangs()`, { signal: abort.signal });
    while (!log.includes("waiting")) await new Promise((resolve) => setTimeout(resolve, 1));
    abort.abort();
    expect((await hanging).error?.code).toBe("aborted");
    expect(log).toContain("aborted");
    expect(await scheduler.value(`local _, e = require("things").fetch("x") return e:message()`)).toBe(
      "no handler for yield command 300",
    );
    await scheduler.stop();
  });

  it("a handler calls Lua functions that wait themselves", async () => {
    const scheduler = new TestScheduler({ modules: [things] });
    scheduler.mock("things.wait", ({ what }: { what: string }) => `${what}!`);
    expect(
      await scheduler.value(`local m = require("things")
        local _, err = m.map(function() error("inside", 0) end)
        local spawned coroutine.spawn(function() spawned = m.map(function(n) return m.wait("s" .. n) end) end)
        local main = m.map(function(n) return m.wait("m" .. n) end)
        while not spawned do coroutine.yield() end
        return { main, spawned, err:message() }`),
    ).toEqual(["m1!", "s1!", "inside"]);
    await scheduler.stop();
  });

  it("a spawned coroutine's error ends the run; the main cannot swallow it", async () => {
    const scheduler = new TestScheduler({ modules: [] });
    const failed = await scheduler.execute(
      `coroutine.spawn(function() error("lost", 0) end) pcall(function() channel.new():receive() end) return "went on"`,
    );
    expect(failed.error?.message).toContain("lost");
    const dead = await scheduler.execute(
      `coroutine.spawn(function() channel.new():receive() end) pcall(function() channel.new():receive() end) return 1`,
    );
    expect(dead.error?.message).toContain("deadlock: all coroutines blocked with no pending operations (threads=2)");
    await scheduler.stop();
  });
});

describe("the kit", () => {
  it("records and replays a run without its effects", async () => {
    const transport = mockTransport([{ url: "https://api.test/x", json: { ok: true } }]);
    const scheduler = new TestScheduler({ modules: ["uuid", "time"], fetch: transport.fetch });
    const recorded = await recordRun(
      scheduler,
      `local u, t = require("uuid"), require("time") t.sleep("1s") return { u.v4(), u.v4() }`,
    );
    expect((await replayRun(scheduler, recorded)).value).toEqual(recorded.result.value);
    await expect(
      replayRun(scheduler, recorded, `local u, t = require("uuid"), require("time") u.v4() t.sleep("1s") return 1`),
    ).rejects.toThrow(/replay diverged at step 1/);
    await scheduler.stop();
  });

  it("a request without a route fails", async () => {
    const transport = mockTransport([{ method: "GET", url: /^https:\/\/api\.test\//, text: "hi" }]);
    const scheduler = new TestScheduler({ modules: ["http_client"], fetch: transport.fetch });
    expect(
      await scheduler.value(
        `local h = require("http_client") local _, e = h.get("https://other.test/") return { h.get("https://api.test/a").body, e:retryable() }`,
      ),
    ).toEqual(["hi", true]);
    expect(transport.unmatched).toEqual(["GET https://other.test/"]);
    expect(() => transport.assertMatched()).toThrow("GET https://other.test/");
    await scheduler.stop();
  });

  it("assertManifest", () => {
    assertManifest(greeter);
    const bad = defineModule({
      name: "bad",
      description: "x",
      class: ["io"],
      functions: { go: fn({ params: [arg.string()], run: async () => 1 }) },
    });
    expect(() => assertManifest(bad)).toThrow(/go waits.*parameters without a name/);
  });
});

it("an immutable list is a list to everything that reads lists", async () => {
  const scheduler = new TestScheduler({ modules: [greeter] });
  const read = `
    local list, out = require("mymodule").ORDER, {}
    for i, item in ipairs(list) do out[#out + 1] = i .. item end
    for i, item in pairs(list) do out[#out + 1] = i .. item end
    for i, item in next, list do out[#out + 1] = i .. item end
    table.foreach(list, function(i, item) out[#out + 1] = i .. item end)
    table.foreachi(list, function(i, item) out[#out + 1] = i .. item end)
    return { table.concat(out, " "), table.concat(list, ","), select("#", unpack(list)), (table.unpack(list, 2, 2)), #list, table.maxn(list),
      table.concat(table.move(list, 1, 3, 1, {}), ","), rawlen(list), rawget(list, 3), select(2, pcall(function() local _ = table.concat({ {} }) end)) }`;
  const all = "1a 2b 3c";
  expect(await scheduler.value(read)).toEqual([
    ...[[all, all, all, all, all].join(" "), "a,b,c", 3, "b", 3, 3, "a,b,c", 3, "c"],
    expect.stringMatching(/:\d+: invalid value \(table\) at index 1 in table for 'concat'$/),
  ]);
  await scheduler.stop();
});

describe("guests that try to get behind", () => {
  it("none of a hundred attempts succeeds", async () => {
    const scheduler = new TestScheduler({ modules: [greeter, things] });
    const attempts = `
      local m, t = require("mymodule"), require("things")
      local c, err, out = t.counter(1), errors.new("x"), {}
      local function try(name, f, ...) local r = { pcall(f, ...) } if r[1] and r[2] ~= nil and r[2] ~= false then out[#out + 1] = name end end
      for i = 1, 10 do
        try("rawset", rawset, m, "k" .. i, 1) try("setmetatable", setmetatable, m, {}) try("assign", function() m[i] = 1 return true end)
        try("insert", function() table.insert(m, i) return true end) try("remove", function() return table.remove(m) end) try("metatable", function() return getmetatable(m) or getmetatable(c) or getmetatable(err) end)
        try("upvalue", function() return debug.getupvalue(m.hello, i) or debug.getupvalue(require, i) and nil end) try("getinfo", function() return debug.getinfo(m.hello, "f") and debug.getinfo(m.hello, "f").func ~= m.hello end)
        try("forged id", function() return t.both(i) end) try("forged table", function() return t.both({ id = 1, type = "things.Counter" }) end)
        try("other type", function() return c.id(err) end) try("sort", function() table.sort(m, function() return true end) m[1] = 1 return true end)
        try("nested", function() m.LIMITS.low = 2 return true end) try("errors", function() errors.new = nil return true end) try("setfenv", function() return setfenv(m.hello, {}) end)
        try("getfenv", function() return getfenv(m.hello) ~= _G end)
        for name, walk in next, { pairs = pairs, ipairs = ipairs } do
          try(name, function() local _, behind = walk(m.ORDER) behind[1] = 9 return true end) try(name, function() local _, behind = walk(m) behind.hello = 9 return true end)
        end
        try("move", function() return table.move({ 9 }, 1, 1, 1, m.ORDER) end) try("move within", function() return table.move(m.ORDER, 1, 1, 2) end)
      end
      for key, value in pairs(m) do if type(key) == "string" and #key > 30 then out[#out + 1] = "secret " .. key end end
      return { out, next(m) ~= nil, rawlen(m), m.hello(), m.LIMITS.low, { unpack(m.ORDER) } }`;
    expect(await scheduler.value(attempts)).toEqual([[], true, 0, "Hello, World!", 1, ["a", "b", "c"]]);
    await scheduler.stop();
  });
});
