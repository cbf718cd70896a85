import { describe, expect, onTestFinished, test } from "vitest";
import type { RuntimeOptions } from "../contract/contract.ts";
import { createNodeRuntime } from "../platforms/node/node.ts";
import { failure } from "../testing/test-engine.ts";

async function opened(options: RuntimeOptions = {}) {
  const runtime = await createNodeRuntime({ storage: "memory", ...options });
  onTestFinished(() => runtime.close());
  for (const name of ["one", "two"]) {
    const entry = `{ name: say, lua_entry: runtime/say.lua, lua_module: ${name}.say }`;
    await runtime.fs.write(
      `/runtime/skills/${name}/skill.yaml`,
      `name: ${name}\nversion: 0.1.0\nentries:\n  - ${entry}\n`,
    );
    const other = name === "one" ? 'return vulcan.call("two-say", {})' : 'print("two speaks") return "two"';
    await runtime.fs.write(`/runtime/skills/${name}/runtime/say.lua`, `return function() ${other} end`);
  }
  await runtime.skills.reload();
  return runtime;
}

describe("a session", () => {
  test("keeps its globals, takes arguments, is one of its own", async () => {
    const runtime = await opened();
    const [a, b] = [await runtime.session(), await runtime.session()];
    await a.eval("total = args.start", { start: 40 });
    expect(await a.eval("total = total + 2 return total, 'second'")).toBe(42);
    expect(await b.eval("return total")).toBeNull();
    await a.reset();
    expect(await a.eval("return total")).toBeNull();
    expect(await a.eval("return { list = { 1, 2 }, text = 'é' }")).toEqual({ list: [1, 2], text: "é" });
    await a.close();
    await a.close();
    expect((await failure(a.eval("return 1"))).code).toBe("runtime_closed");
    expect(await b.eval("return 1")).toBe(1);
  });

  test("what is asked at once runs one after the other", async () => {
    const session = await (await opened()).session();
    await session.eval("seen = {}");
    const all = Array.from({ length: 20 }, (_, i) => session.eval("seen[#seen + 1] = args.i return #seen", { i }));
    expect(await Promise.all(all)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test.each([
    ["local a\nlocal b = a.b\n", "lua_error", 2, "line 2: attempt to index local 'a' (a nil value)"],
    ["\n\nerror('deep')", "lua_error", 3, "line 3: deep"],
    ["local x = 1\nlocal y =\n)", "lua_syntax_error", 3, "line 3: unexpected symbol near ')'"],
    ["return print", "invalid_result", undefined, "Cannot convert Lua function to JSON"],
  ])("%j fails as %s at line %s", async (code, kind, line, message) => {
    const session = await (await opened()).session();
    const error = await failure(session.eval(code));
    expect([error.code, error.data.line, error.message]).toEqual([kind, line, message]);
  });

  test("ends endless code by its time and by its signal, and says what that cost", async () => {
    const session = await (await opened()).session();
    await session.eval("kept = 1");
    const late = await failure(session.eval("while true do end", {}, { timeoutMs: 40 }));
    expect(late.code).toBe("deadline_exceeded");
    const controller = new AbortController();
    const stopped = session.eval(
      "vulcan.runtime.progress(1) while true do end",
      {},
      {
        signal: controller.signal,
        onProgress: () => controller.abort(),
      },
    );
    expect((await failure(stopped)).code).toBe("aborted");
    expect(await session.eval("return 7")).toBe(7);
  });

  test("hears what is printed and logged", async () => {
    const session = await (await opened()).session();
    const heard: string[] = [];
    const onLog = ({ message }: { readonly message: string }) => heard.push(message);
    expect(await session.eval('print("a", 1) return vulcan.call("two-say", {})', {}, { onLog })).toBe("two");
    expect(heard).toEqual(["[LuaSkill:info] a\t1", "[LuaSkill:info] two speaks"]);
  });

  test("calls only the entries it was given; they call what they like", async () => {
    const runtime = await opened();
    const session = await runtime.session({ entries: ["one-say"] });
    expect(await session.eval('return vulcan.call("one-say", {})')).toBe("two");
    const refused = await failure(session.eval('return vulcan.call("two-say", {})'));
    expect(refused.message).toBe("Skill 'two-say' may not be called here, only: one-say");
    // No way round by a coroutine, a protected call, or a kept reference.
    expect(
      await session.eval(
        'local call = vulcan.call local ok = {} for _, f in ipairs({ function() return call("two-say", {}) end }) do ok[1] = pcall(f) ok[2] = pcall(coroutine.wrap(f)) end return ok',
      ),
    ).toEqual([false, false]);
    const shared = await opened({ isolation: "shared" });
    expect((await failure(shared.session({ entries: ["one-say"] }))).message).toContain('isolation: "skill"');
  });

  test("that is gone says why, and starts again", async () => {
    const runtime = await opened();
    const session = await runtime.session();
    await session.eval("x = 1");
    await runtime.skills.reload();
    expect(await failure(session.eval("return x"))).toMatchObject({
      code: "not_found",
      data: { reason: "lease_not_found" },
    });
    await session.reset();
    expect(await session.eval("return x")).toBeNull();
  });

  test("eight can be open", async () => {
    const runtime = await opened();
    const sessions = await Promise.all(Array.from({ length: 8 }, () => runtime.session()));
    expect((await failure(runtime.session())).code).toBe("overloaded");
    await sessions[0]?.close();
    expect(await (await runtime.session()).eval("return 1")).toBe(1);
    for (const ttlMs of [0, -1, Number.NaN, 3_600_001]) {
      expect((await failure(runtime.session({ ttlMs }))).code).toBe("invalid_argument");
    }
  });
});
