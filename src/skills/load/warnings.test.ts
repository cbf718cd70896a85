import { describe, expect, test } from "vitest";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";

const run = { run: 'return function() return "ok" end' };

describe("a load warns of what the native engine passes over in silence", () => {
  const folders: readonly (readonly [name: string, better: string | undefined])[] = [
    ["my_skill", "my-skill"],
    ["Demo", "demo"],
    ["My Skill", "my-skill"],
    ["myTool", "my-tool"],
    ["1st", "st"],
    ["skill-", "skill"],
    ["技能", undefined],
  ];
  test.each(folders)("a folder called %s", async (name, better) => {
    const files = { ...skill(name, run), ...skill("fine", run) };
    const { engine, call } = await testEngine({ files });
    const { problems, entries } = engine.snapshot();
    expect(entries.map((entry) => entry.skillId)).toEqual(["fine"]);
    expect(problems).toMatchObject([
      {
        severity: "warning",
        skillId: name,
        skillDir: `/runtime/skills/${name}`,
        phase: "manifest",
        error: { code: "invalid_manifest" },
      },
    ]);
    expect(problems[0]?.message).toContain("must match ^[a-z]([a-z0-9-]*[a-z0-9])?$");
    if (better === undefined) expect(problems[0]?.message).not.toContain("rename it");
    else expect(problems[0]?.message).toContain(`rename it to '${better}'`);
    expect((await failure(call(`${name}-run`))).message).toContain("must match");
  });

  test("not of folders that are no packages", async () => {
    const files = { ...skill("fine", run), "skills/.git/config": "", "skills/Notes/a.md": "", "skills/README.md": "" };
    const { engine } = await testEngine({ files });
    expect(engine.snapshot().problems).toEqual([]);
  });

  test("patterns that do not run in linear time, with their place in the schema; the skill works", async () => {
    const files = skill("odd", run);
    const schema = '{ type: object, properties: { a: { pattern: "^(?!x)" }, b: { pattern: "^x$" } } }';
    files["skills/odd/skill.yaml"] = (files["skills/odd/skill.yaml"] ?? "").replace(
      "name: run,",
      `name: run, input_schema: ${schema},`,
    );
    const { engine, call } = await testEngine({ files });
    expect(await call("odd-run")).toBe("ok");
    expect(engine.snapshot().problems).toMatchObject([
      {
        severity: "warning",
        message: expect.stringContaining(
          'entry run: arguments cannot be validated: the pattern "^(?!x)" at #/properties/a/pattern cannot be used: look-ahead',
        ),
      },
    ]);
  });

  test("unknown keys at every level, each with its place and what was meant; the skill works", async () => {
    const files = skill("odd", run, "descriptoin: x\nhelp:\n  main: { fil: a.md }\nsqlite: { enabled: true }\n");
    files["skills/odd/skill.yaml"] = (files["skills/odd/skill.yaml"] ?? "").replace(
      "name: run,",
      "name: run, desc: x,",
    );
    const { engine, call } = await testEngine({ files });
    expect(await call("odd-run")).toBe("ok");
    expect((await failure(call("odd-other"))).message).not.toContain("was not loaded");
    const { problems } = engine.snapshot();
    expect(problems.map(({ message }) => message.replace("/runtime/skills/odd/skill.yaml: ", ""))).toEqual([
      expect.stringMatching(/^entries\[0\]\.desc is no key of skill\.yaml, so it has no effect/),
      expect.stringMatching(/^descriptoin is no key/),
      "help.main.fil is no key of skill.yaml, so it has no effect; did you mean file?",
      "sqlite.enabled is no key of skill.yaml, so it has no effect; did you mean enable?",
    ]);
    expect(problems.every(({ severity }) => severity === "warning")).toBe(true);
    expect(problems[1]?.error.data).toMatchObject({ file: "/runtime/skills/odd/skill.yaml", line: 5 });
  });
});
