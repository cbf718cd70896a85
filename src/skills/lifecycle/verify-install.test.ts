import { expect, it } from "vitest";
import type { LoadProblem } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { user } from "../../testing/skill-world.ts";
import { requireLoaded } from "./verify-install.ts";

const installed = { skillId: "demo", root: user, dir: `${user.skills_dir}/demo` };
const problem = (more: Partial<LoadProblem> = {}): LoadProblem => ({
  skillId: "demo",
  skillDir: installed.dir,
  rootName: user.name,
  phase: "manifest",
  message: "the whole text",
  error: new LuaSkillsError("invalid_manifest", "short", { data: { file: "skill.yaml" } }).toData(),
  ...more,
});
const verdict = (...problems: LoadProblem[]) => requireLoaded({ problems }, installed);

it("a skill that failed to load is reported with the text of its problem and the code behind it", () => {
  expect(() => verdict(problem({ skillId: "other", skillDir: "/x/other" }), problem())).toThrow(
    expect.objectContaining({ code: "invalid_manifest", message: "the whole text", data: { file: "skill.yaml" } }),
  );
});

it.each([
  ["of another skill", { skillId: "other" }],
  ["of a copy in another root", { skillDir: "/runtime/project/skills/demo" }],
  ["that is only a warning", { severity: "warning" }],
] as const)("a problem %s is not the installed skill's", (_, more) => {
  expect(() => verdict(problem(more))).not.toThrow();
});
