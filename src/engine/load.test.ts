import { describe, expect, test } from "vitest";
import { failure, skill, testEngine, writeFiles } from "./test-engine.ts";

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
