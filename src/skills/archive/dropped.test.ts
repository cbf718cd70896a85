import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { skill, testEngine } from "../../testing/test-engine.ts";

const files = Object.entries(skill("odd", { hi: 'return function() return "hi" end' })).map(
  ([name, text]) => [name.slice("skills/".length), strToU8(text)] as const,
);
const finder = ["odd/.DS_Store", ".DS_Store", "__MACOSX/odd/._skill.yaml", "__MACOSX/._odd", "odd/runtime/._hi.lua"];
const explorer = ["Thumbs.db", "desktop.ini", "odd/runtime/Thumbs.db", "odd/Desktop.ini"];
const litter = [...finder, ...explorer];
const zip = (extra: readonly string[]) =>
  zipSync(Object.fromEntries([...files, ...extra.map((name) => [name, strToU8("\0\x05\x16\x07")] as const)]));

test.each([[undefined], ["odd"]])("a zip is taken without what file managers add (id %s)", async (skillId) => {
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

test.each([
  ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x6e, 0), "(it is UTF-16; save it as UTF-8)"],
  ["Latin-1", Uint8Array.of(0x6e, 0xe4, 0x3a), "stream did not contain valid UTF-8"],
])("a manifest in %s names the file", async (_, manifest, text) => {
  const { engine } = await testEngine();
  const source = { zip: zipSync({ "odd/skill.yaml": manifest }) };
  await expect(engine.request({ op: "skills.install", source })).rejects.toMatchObject({
    code: "invalid_manifest",
    message: expect.stringMatching(/^Failed to read .*skill\.yaml: stream did not contain valid UTF-8/),
  });
  await expect(engine.request({ op: "skills.install", source })).rejects.toThrow(text);
});
