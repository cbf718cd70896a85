import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../contract/contract.ts";
import { skill, type TestEngineSetup, testEngine } from "../../testing/test-engine.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

async function leases(setup: TestEngineSetup = {}) {
  const { engine } = await testEngine(setup);
  const json = async (method: string, params: JsonObject) => {
    const envelope = await engine.request({ op: "json", method, params });
    return (envelope.ok ? envelope.result : { transport: envelope.error }) as JsonObject;
  };
  const created = await json("runtime_lease_create", { sid: "main" });
  const leaseId = String(created.lease_id);
  return {
    engine,
    json,
    leaseId,
    evaluate: (code: string, more: JsonObject = {}) => json("runtime_lease_eval", { lease_id: leaseId, code, ...more }),
  };
}

describe("a timeout", () => {
  // What a program can be in the middle of when the deadline ends it.
  const programs = [
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "coroutine.wrap(function() while true do coroutine.yield() end end)() while true do end",
    "local co = coroutine.wrap(function() while true do end end) co()",
    "table.sort({ 3, 2, 1, 5, 4 }, function() while true do end end)",
    "('x'):gsub('x', function() while true do end end)",
    "local s = ('a*'):rep(12) .. 'b' ; (('a'):rep(40)):find(s)",
    "setmetatable({}, { __index = function() while true do end end }).x()",
    "local t <close> = setmetatable({}, { __close = function() while true do end end })",
    "xpcall(function() while true do end end, function() while true do end end)",
  ];

  test("keeps the lease and its globals, whatever it interrupts", async () => {
    const { evaluate } = await leases();
    await evaluate("kept = { n = 0 }");
    for (const [i, program] of programs.entries()) {
      const answer = await evaluate(`${program} return 1`, { timeout_ms: 30 });
      expect(answer, program).toMatchObject({ ok: false, error_code: "eval_failed" });
      expect(answer.message, program).toContain("luaexec execution timed out after 30 ms");
      const after = await evaluate(
        "kept.n = kept.n + 1 local t = {} for i = 1, 20000 do t[i % 7] = tostring(i) end table.sort(t) return kept.n, #t",
      );
      expect(after, program).toMatchObject({ ok: true, result: i + 1 });
    }
  });

  test("a program that swallows it for good loses its globals, and says so", async () => {
    const { evaluate } = await leases({ options: { limits: { vmMemoryBytes: 4 * 2 ** 20 } } });
    await evaluate("kept = 1");
    const answer = await evaluate("local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end");
    expect(answer).toMatchObject({ ok: false, error_code: "eval_failed" });
    expect(await evaluate("return kept == nil or kept")).toMatchObject({ ok: true });
  });
});

test("an eval in flight makes the lease busy, and it cannot be closed or replaced", async () => {
  let release = () => {};
  const waiting = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { evaluate, json, leaseId } = await leases({ callbacks: { hostTool: () => waiting.then(() => "late") } });
  const pending = evaluate('return vulcan.host.call("t", {}).value');
  await new Promise((resolve) => setTimeout(resolve, 10));
  const busy = { ok: false, error_code: "lease_busy" };
  expect(await evaluate("return 1")).toMatchObject(busy);
  expect(await json("runtime_lease_close", { lease_id: leaseId })).toMatchObject(busy);
  expect(await json("runtime_lease_create", { sid: "main", replace: true })).toEqual({
    ...busy,
    message: `runtime session SID \`main\` cannot replace busy lease \`${leaseId}\``,
  });
  expect(await json("runtime_lease_list", {})).toMatchObject({ leases: [{ lease_id: leaseId }] });
  release();
  expect(await pending).toMatchObject({ ok: true, result: "late" });
  expect(await json("runtime_lease_create", { sid: "main", replace: true })).toMatchObject({ ok: true, generation: 2 });
  expect(await evaluate("return 1")).toMatchObject({ error_code: "lease_replaced" });
});

test("a session calls skills, keeps log and cache, and has no luaexec", async () => {
  const files = skill("demo", { who: "return function() return vulcan.runtime.internal.skill_name end" });
  const { evaluate } = await leases({ files });
  const answer = await evaluate(
    'return { vulcan.call("demo-who", {}), type(vulcan.runtime.log), type(vulcan.cache.put), tostring(vulcan.runtime.lua.exec), vulcan.runtime.internal.luaexec_active, io.type(5) }',
  );
  expect(answer.result).toEqual(["demo", "function", "function", "nil", true, "nil"]);
});

test("a working directory that is not there fails the eval, not the lease", async () => {
  const { json } = await leases({ clock: new VirtualClock(1000) });
  const { lease_id } = await json("runtime_lease_create", { sid: "elsewhere", cwd: "/runtime/none" });
  const answer = await json("runtime_lease_eval", { lease_id: lease_id ?? null, code: "return 1" });
  expect(answer.error_code).toBe("eval_failed");
  expect(await json("runtime_lease_status", { lease_id: lease_id ?? null })).toMatchObject({ ok: true });
});

test("identity is checked before the profile, and sids by the rule of created ones", async () => {
  const { json, leaseId } = await leases();
  const elsewhere = { lease_id: leaseId, authority: "system" };
  expect(await json("system_runtime_lease_status", { ...elsewhere, sid: "other" })).toMatchObject({
    error_code: "lease_sid_mismatch",
  });
  expect(await json("system_runtime_lease_status", elsewhere)).toMatchObject({ error_code: "lease_profile_mismatch" });
  for (const method of ["runtime_lease_status", "runtime_lease_close", "runtime_lease_list"])
    expect(await json(method, { lease_id: leaseId, sid: " " })).toEqual({
      transport: "runtime session sid must not be empty",
    });
  expect(await json("runtime_lease_create", { sid: "x", lua_roots: ["/a", "b\0"] })).toEqual({
    transport: "lua_roots[1] must not contain NUL bytes",
  });
});

test("a busy lease says nothing but that", async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const { json, leaseId, evaluate } = await leases({ callbacks: { hostTool: () => gate.then(() => true) } });
  const running = evaluate('return vulcan.host.call("slow", {})');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await json("runtime_lease_status", { lease_id: leaseId, sid: "wrong" })).toMatchObject({
    error_code: "lease_busy",
  });
  expect(await json("runtime_lease_list", {})).toMatchObject({ leases: [{ sid: "main" }] });
  release();
  await running;
});

test("an eval that raises is logged, a result that is no JSON is not", async () => {
  const { engine, events } = await testEngine();
  const json = (method: string, params: JsonObject) => engine.request({ op: "json", method, params });
  const created = (await json("runtime_lease_create", { sid: "a", cwd: "/runtime/nowhere" })).result as JsonObject;
  const errors = () =>
    events.flatMap(([name, event]) => (name === "log" && event.level === "error" ? [event.message] : []));
  const { result } = await json("runtime_lease_eval", { lease_id: created.lease_id ?? "", code: "return 1" });
  expect(result).toMatchObject({
    message:
      "Runtime session eval error: runtime error: runtime lease set cwd /runtime/nowhere: No such file or directory (os error 2)",
  });
  expect(errors()).toHaveLength(1);
  const other = (await json("runtime_lease_create", { sid: "b" })).result as JsonObject;
  const broken = await json("runtime_lease_eval", { lease_id: other.lease_id ?? "", code: "return print" });
  expect(broken.result).toMatchObject({ error_code: "eval_failed", message: "Cannot convert Lua function to JSON" });
  expect(errors()).toHaveLength(1);
});
