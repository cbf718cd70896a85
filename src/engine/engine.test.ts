import { describe, expect, test } from "vitest";
import type { JsonObject } from "../contract/json.ts";
import { LuaSkillsError } from "../errors.ts";
import { failure, skill, testEngine, writeFiles } from "../testing/test-engine.ts";
import { MemoryBackend } from "../vfs/backends/memory.ts";
import { TreeStore } from "../vfs/tree-store.ts";

const echo = skill("demo", {
  echo: 'return function(args) return "got " .. tostring(args.text) end',
  loop: "return function() while true do end end",
  wait: 'return function(args) return vulcan.json.encode(vulcan.host.call("slow", args)) end',
});

describe("calls", () => {
  test("an entry answers, and the usage says what it cost", async () => {
    const { engine } = await testEngine({ files: echo });
    const result = await engine.request({ op: "call", name: "demo-echo", args: { text: "milk" } });
    expect(result).toMatchObject({ content: "got milk", overflowMode: null, templateHint: null, contentBytes: 8 });
    expect(result.usage.instructions).toBeGreaterThan(0);
    expect(result.usage.peakBytes).toBeGreaterThan(100_000);
    await engine.close();
  });

  test("an unknown entry names its neighbours", async () => {
    const { call, engine } = await testEngine({ files: echo });
    const error = await failure(call("demo-ecko"));
    expect(error.code).toBe("entry_not_found");
    expect(error.message).toBe("Lua skill 'demo-ecko' not found; did you mean 'demo-echo'?");
    expect(error.data.near).toEqual(["demo-echo"]);
    const params = { tool_name: "demo-ecko" };
    expect(await engine.request({ op: "json", method: "call_skill", params })).toEqual({
      ok: false,
      error: "Lua skill 'demo-ecko' not found",
    });
  });

  test("a Lua error carries position and traceback", async () => {
    const { call } = await testEngine({ files: skill("bad", { run: 'return function()\n  error("boom")\nend' }) });
    const error = await failure(call("bad-run"));
    expect(error.code).toBe("lua_error");
    expect(error.message).toBe("Lua skill 'bad-run' error: runtime error: [string \"bad.run\"]:2: boom");
    expect(error.data).toMatchObject({ file: "/runtime/skills/bad/runtime/run.lua", line: 2, entry: "bad-run" });
    expect(error.luaTraceback).toContain("stack traceback:");
  });

  test("what a handler raises or returns is logged, what keeps it from running is not", async () => {
    const { call, lua, events } = await testEngine({
      files: skill("bad", { run: "return function() error('boom', 0) end" }),
    });
    await failure(call("bad-run"));
    await failure(call("bad-none"));
    await failure(lua("return print"));
    await failure(lua("error('kaput', 0)"));
    const errors = events.flatMap(([name, event]) =>
      name === "log" && event.level === "error" ? [event.message] : [],
    );
    expect(errors).toEqual([expect.stringContaining("boom"), expect.stringContaining("kaput")]);
  });

  test("an argument context of the wrong shape is refused by name", async () => {
    const { engine } = await testEngine({ files: echo });
    const context = { request_context: { session_id: 5 } };
    const error = await failure(engine.request({ op: "call", name: "demo-echo", args: {}, context }));
    expect(error).toMatchObject({ code: "invalid_argument", message: expect.stringContaining("session_id") });
  });
});

describe("bad input is refused by name", () => {
  const cases: ReadonlyArray<readonly [request: object, text: string]> = [
    [{ op: "call", name: 5, args: {} }, "the name of an entry must be a string, got number"],
    [{ op: "call", name: "demo-echo", args: {}, timeoutMs: -1 }, "timeoutMs must be a number of milliseconds"],
    [{ op: "call", name: "demo-echo", args: { f: () => 1 } }, "args: cannot pass a function to Lua"],
    [{ op: "call", name: "demo-echo", args: { n: 2n ** 70n } }, "does not fit in 64 bits"],
    [{ op: "runLua", code: null, args: {} }, "code must be a string, got null"],
    [{ op: "runLua", code: "return 1", args: {}, context: [] }, "context must be an object"],
    [{ op: "luaexec", request: "{" }, "Invalid luaexec request JSON: "],
    [{ op: "fs.read", path: "notes.txt" }, "paths are absolute"],
    [{ op: "nothing" }, "unknown request 'nothing'"],
  ];
  test.each(cases)("%o", async (request, text) => {
    const { engine } = await testEngine({ files: echo });
    expect(await failure(engine.request(request as never))).toMatchObject({
      code: "invalid_argument",
      message: expect.stringContaining(text),
    });
  });
});

describe("limits", () => {
  test("a deadline stops a loop, and the next call gets a fresh VM", async () => {
    const { call } = await testEngine({ files: echo });
    const error = await failure(call("demo-loop", {}, 60));
    expect(error.code).toBe("deadline_exceeded");
    expect(await call("demo-echo", { text: 1 })).toBe("got 1");
  });

  test("an instruction budget stops a loop where no clock helps", async () => {
    const { call } = await testEngine({ files: echo, options: { limits: { runInstructions: 100_000 } } });
    expect((await failure(call("demo-loop"))).code).toBe("budget_exceeded");
  });

  test("a deadline holds across skills", async () => {
    const files = { ...echo, ...skill("outer", { run: 'return function() return vulcan.call("demo-loop", {}) end' }) };
    const { call } = await testEngine({ files });
    const started = performance.now();
    expect((await failure(call("outer-run", {}, 80))).code).toBe("deadline_exceeded");
    expect(performance.now() - started).toBeLessThan(2000);
    expect(await call("demo-echo", { text: 2 })).toBe("got 2");
  });

  test("output is capped", async () => {
    const { lua } = await testEngine({ options: { limits: { outputBytes: 100 } } });
    const error = await failure(lua("for i = 1, 100 do print('0123456789') end"));
    expect(error.message).toContain("limits.outputBytes");
  });

  test.each([undefined, 4, 1000])(
    "a value nested more deeply than limits.valueDepth is refused on its way in: %s",
    async (given) => {
      const depth = given ?? 128;
      const nested = (levels: number): JsonObject => (levels === 0 ? {} : { in: nested(levels - 1) });
      const { call, lua } = await testEngine({
        files: echo,
        options: { limits: given === undefined ? {} : { valueDepth: given } },
        callbacks: { hostTool: async ({ args }) => nested(Number(args.levels)) },
      });
      expect(await call("demo-echo", { text: 1, nested: nested(depth - 2) })).toBe("got 1");
      expect(await failure(call("demo-echo", { text: 1, nested: nested(depth) }))).toMatchObject({
        code: "invalid_argument",
        message: `args: cannot pass a value to Lua: it is cyclic, or nested deeper than ${depth} levels (limits.valueDepth)`,
      });
      const answered = (levels: number) => lua(`return (pcall(vulcan.host.call, "nested", { levels = ${levels} }))`);
      expect(await answered(depth - 2)).toBe(true);
      expect(await answered(depth)).toBe(false);
    },
  );

  test("limits.valueDepth has an end", async () => {
    await expect(testEngine({ options: { limits: { valueDepth: 1001 } } })).rejects.toThrow(
      "limits.valueDepth must be a finite number of at least 0 and at most 1000, got 1001",
    );
  });

  test("calls across skills are counted", async () => {
    const files = skill("a", { run: 'return function(x) return vulcan.call("b-run", x) end' });
    const other = skill("b", { run: 'return function(x) return vulcan.call("a-run", x) end' });
    const { call } = await testEngine({ files: { ...files, ...other }, options: { limits: { callDepth: 4 } } });
    const error = await failure(call("a-run"));
    expect([error.code, error.message]).toEqual(["lua_error", expect.stringContaining("nested 4 levels deep")]);
  });
});

describe("waiting", () => {
  const slow = (ms: number) => ({
    hostTool: (_request: unknown, { signal }: { signal: AbortSignal }) =>
      new Promise<string>((resolve, reject) => {
        const timer = setTimeout(() => resolve("done"), ms);
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(new Error("callback aborted"));
        });
      }),
  });

  test("an abort ends a call that waits, and its callback hears of it", async () => {
    let aborted = false;
    const callbacks = {
      hostTool: (_request: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise<string>((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted = true;
            reject(new Error("stopped"));
          });
        }),
    };
    const { engine, call } = await testEngine({ files: echo, callbacks });
    const controller = new AbortController();
    const pending = engine.request({ op: "call", name: "demo-wait", args: {} }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    expect((await failure(pending)).code).toBe("aborted");
    expect(aborted).toBe(true);
    expect(await call("demo-echo", { text: 3 })).toBe("got 3");
  });

  test("twelve calls at once give twelve right answers", async () => {
    const callbacks = {
      hostTool: async ({ args }: { args: { n?: unknown } }) => {
        await new Promise((resolve) => setTimeout(resolve, Number(args.n) % 3));
        return { n: Number(args.n) * 2 };
      },
    };
    const { call } = await testEngine({ files: echo, callbacks, options: { pool: { max_size: 3 } } });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => call("demo-wait", { n })));
    expect(answers).toEqual(Array.from({ length: 12 }, (_, n) => `{"n":${n * 2}}`));
  });

  test("the time spent waiting for a VM counts", async () => {
    // Who computes keeps its place; who waits lets others have it.
    const { call, lua } = await testEngine({ files: echo, options: { pool: { max_size: 1 } } });
    const first = lua("local start = os.clock() while os.clock() - start < 0.5 do end return true");
    const error = await failure(call("demo-echo", {}, 50));
    expect(error.code).toBe("deadline_exceeded");
    expect(error.message).toContain("free Lua VM");
    expect(typeof (await first)).toBe("boolean");
  });

  test("closing fails what still runs, once", async () => {
    const { engine, call } = await testEngine({ files: echo, callbacks: slow(10_000) });
    const pending = call("demo-wait");
    await new Promise((resolve) => setTimeout(resolve, 10));
    const closing = engine.close();
    expect((await failure(pending)).code).toBe("runtime_closed");
    await closing;
    await engine.close();
    expect((await failure(call("demo-echo"))).code).toBe("runtime_closed");
  });
});

describe("storage", () => {
  const writer = skill("writer", {
    run: 'return function(args) vulcan.fs.write("/runtime/out.txt", "x") if args.fail then error("no") end return "ok" end',
  });
  const open = async (backend: MemoryBackend) => TreeStore.open(backend);

  test("a call resolves after its writes are durable, a failed one keeps them too", async () => {
    for (const fail of [false, true]) {
      const backend = new MemoryBackend();
      const { call } = await testEngine({ files: writer, store: await open(backend) });
      await call("writer-run", { fail }).catch(() => undefined);
      // A second store sees only what was committed.
      const { fs } = await open(backend);
      expect(new TextDecoder().decode(fs.readFile("/runtime/out.txt"))).toBe("x");
    }
  });

  test("a commit that fails fails the call", async () => {
    const backend = new MemoryBackend();
    const store = await open(backend);
    const { call } = await testEngine({ files: writer, store });
    backend.commit = () => Promise.reject(new LuaSkillsError("quota_exceeded", "the disk is full"));
    expect((await failure(call("writer-run"))).code).toBe("quota_exceeded");
  });

  test("relaxed calls do not wait, flush does", async () => {
    const backend = new MemoryBackend();
    const { call, engine } = await testEngine({
      files: writer,
      store: await open(backend),
      options: { durability: "relaxed" },
    });
    await call("writer-run");
    await engine.request({ op: "flush" });
    expect((await open(backend)).fs.stat("/runtime/out.txt")?.size).toBe(1);
  });
});

describe("isolation by skill", () => {
  test("globals and values stay apart; what cannot cross is refused by name", async () => {
    const files = {
      ...skill("one", { run: 'return function(args) secret = "mine" return vulcan.call("two-run", args) end' }),
      ...skill("two", { run: "return function(args) return tostring(secret) .. tostring(args.t and args.t[2]) end" }),
    };
    const { call, lua } = await testEngine({ files });
    expect(await call("one-run", { t: [1, 2] })).toBe("nil2");
    const error = await failure(lua('vulcan.call("two-run", { f = print })'));
    expect(error.message).toContain("args for 'two-run' cannot cross to another isolated skill");
  });

  test("an error value of another skill arrives as it was raised", async () => {
    const files = skill("thrower", { run: "return function() error({ code = 7 }) end" });
    const { lua } = await testEngine({ files });
    expect(await lua('local ok, e = pcall(vulcan.call, "thrower-run", {}) return { ok, e.code }')).toEqual([false, 7]);
  });

  test("a chunk that breaks when it is first needed leaves the registry and is reported", async () => {
    const files = { ...echo, ...skill("broken", { run: 'error("at load")' }) };
    const { call, engine, events } = await testEngine({ files });
    expect(engine.snapshot().entries.map((entry) => entry.name)).toContain("broken-run");
    const error = await failure(call("broken-run"));
    expect(error.message).toContain("Failed to initialize skill 'broken::broken.run': runtime error:");
    expect((await failure(call("broken-run"))).code).toBe("entry_not_found");
    expect(engine.snapshot().problems).toMatchObject([{ skillId: "broken", phase: "lua" }]);
    expect(events.some(([name]) => name === "problem")).toBe(true);
    expect(await call("demo-echo", { text: 4 })).toBe("got 4");
  });

  test("a syntax error is found while loading, with file and line", async () => {
    const { engine } = await testEngine({
      files: { ...echo, ...skill("typo", { run: "return function(\n) end end" }) },
    });
    expect(engine.snapshot().entries.map((entry) => entry.skillId)).not.toContain("typo");
    expect(engine.snapshot().problems[0]?.message).toContain(`Failed to compile skill 'typo::typo.run': syntax error:`);
  });

  test("a chunk that never ends is stopped while loading", async () => {
    const files = skill("stuck", { run: "while true do end" });
    const { call } = await testEngine({ files, options: { limits: { skillLoadMs: 60 } } });
    expect((await failure(call("stuck-run"))).code).toBe("deadline_exceeded");
  });

  test("a skill that appears with a reload has to prove itself", async () => {
    const { engine, store } = await testEngine({ files: echo });
    writeFiles(store, skill("late", { run: 'error("at load")' }));
    await engine.request({ op: "skills.reload" });
    expect(engine.snapshot().problems).toMatchObject([{ skillId: "late", phase: "lua" }]);
    expect(engine.snapshot().entries.map((entry) => entry.skillId)).not.toContain("late");
  });

  test("strict fails the load with the text of the fault", async () => {
    const files = skill("broken", { run: "return 5" });
    const error = await failure(testEngine({ files, options: { loadPolicy: "strict" } }));
    expect(error.message).toContain("Failed to initialize skill 'broken::broken.run': error converting Lua");
  });
});
