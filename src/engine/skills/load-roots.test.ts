import { describe, expect, test } from "vitest";
import { failure, skill, testEngine, writeFiles } from "../../testing/test-engine.ts";

const broken = skill("broken", { run: "return function( end" });
const fine = skill("fine", { run: 'return function() return "ok" end' });

describe("a load under policy isolate", () => {
  test("looks through Lua up to loadCheckBytes; what is beyond shows with its first call", async () => {
    const files = { ...skill("ample", { run: `return function() end --${"x".repeat(200)}` }), ...broken, ...fine };
    const { engine, call, events } = await testEngine({ files, options: { limits: { loadCheckBytes: 200 } } });
    expect(engine.snapshot().problems).toEqual([]);
    expect((await failure(call("broken-run"))).code).toBe("lua_syntax_error");
    expect(engine.snapshot().problems).toMatchObject([{ skillId: "broken", phase: "lua" }]);
    expect(engine.snapshot().entries.map((entry) => entry.skillId)).toEqual(["ample", "fine"]);
    expect(events.filter(([name]) => name === "problem")).toHaveLength(1);
    expect(await call("fine-run")).toBe("ok");
  });

  test("says in which file and line a Lua fault stands, whether it shows while parsing or running", async () => {
    const files = { ...skill("early", { run: "local a = 1\nreturn function( end" }), ...fine };
    const { engine, store } = await testEngine({ files });
    expect(engine.snapshot().problems[0]?.error).toMatchObject({
      code: "lua_syntax_error",
      data: { file: "/runtime/skills/early/runtime/run.lua", line: 2 },
    });
    writeFiles(store, skill("late", { run: "local a\n\nreturn a.b" }));
    await engine.request({ op: "skills.reload" });
    expect(engine.snapshot().problems.find((problem) => problem.skillId === "late")?.error).toMatchObject({
      code: "lua_error",
      data: { file: "/runtime/skills/late/runtime/run.lua", line: 3 },
    });
  });

  test("parses a manifest again when its text changed, and finds what is wrong with it", async () => {
    const { engine, store } = await testEngine({ files: fine });
    const text = fine["skills/fine/skill.yaml"] ?? "";
    writeFiles(store, { "skills/fine/skill.yaml": text.replace("version: 0.1.0", "version: 0.x.0") });
    await engine.request({ op: "skills.reload" });
    expect(engine.snapshot().problems).toMatchObject([{ skillId: "fine", phase: "manifest" }]);
    writeFiles(store, { "skills/fine/skill.yaml": text });
    await engine.request({ op: "skills.reload" });
    expect(engine.snapshot().problems).toEqual([]);
    writeFiles(store, { "skills/fine/skill.yaml": `${text}enable: 1\n` });
    await engine.request({ op: "skills.reload" });
    const [problem] = engine.snapshot().problems;
    expect(problem?.error.data).toMatchObject({ file: "/runtime/skills/fine/skill.yaml", line: 5, column: 9 });
  });
});

test("arguments of the wrong kind are named", async () => {
  const { engine } = await testEngine({ files: fine });
  const wrong = [
    { op: "skills.install", source: {} },
    { op: "skills.install", source: { zip: "text" } },
    { op: "skills.install", source: { zip: new Uint8Array(4), skillId: "a", sha256: "00" } },
    { op: "skills.uninstall", skillId: 3 },
    { op: "config.set", skillId: "fine", key: "k", value: 3 },
  ];
  for (const request of wrong) {
    const error = await failure(engine.request(request as never));
    expect([request.op, error.code]).toEqual([request.op, "invalid_argument"]);
  }
});

test("a managed runtime that a package declares is named when an entry misses it", async () => {
  const files = {
    ...skill("wants", { run: "return function() return vulcan.runtime.node.status() end" }),
    "skills/wants/dependencies.yaml": 'node_runtime:\n  version: "24.0.0"\n',
    ...skill("plain", { run: "return function() return vulcan.runtime.node.status() end" }),
  };
  const { call } = await testEngine({ files });
  const error = await failure(call("wants-run"));
  expect(error.message).toContain("dependencies.yaml of 'wants' declares a managed node runtime");
  expect(error.data).toMatchObject({ managedRuntime: "node" });
  expect((await failure(call("plain-run"))).data).not.toHaveProperty("managedRuntime");
});
