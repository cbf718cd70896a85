import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { skill, testEngine } from "../../testing/test-engine.ts";

const files = Object.entries(skill("odd", { hi: 'return function() return "hi" end' })).map(
  ([name, text]) => [name.slice("skills/".length), strToU8(text)] as const,
);
const litter = ["odd/.DS_Store", ".DS_Store", "__MACOSX/odd/._skill.yaml", "__MACOSX/._odd", "odd/runtime/._hi.lua"];
const zip = (extra: readonly string[]) =>
  zipSync(Object.fromEntries([...files, ...extra.map((name) => [name, strToU8("\0\x05\x16\x07")] as const)]));

test.each([[undefined], ["odd"]])("a zip made by Finder is taken without what Finder adds (id %s)", async (skillId) => {
  const { engine, call, store } = await testEngine();
  const source = { zip: zip(litter), ...(skillId === undefined ? {} : { skillId }) };
  await engine.request({ op: "skills.install", source });
  expect(await call("odd-hi")).toBe("hi");
  expect(store.fs.list("/runtime/skills").filter((name) => name !== "odd")).toEqual([]);
  expect(store.fs.list("/runtime/skills/odd").sort()).toEqual(["runtime", "skill.yaml"]);
  expect(store.fs.list("/runtime/skills/odd/runtime")).toEqual(["hi.lua"]);
});

test("anything else beside the folder is refused as before", async () => {
  const { engine } = await testEngine();
  const source = { zip: zip(["other/file"]) };
  await expect(engine.request({ op: "skills.install", source })).rejects.toThrow("exactly one top-level directory");
});
