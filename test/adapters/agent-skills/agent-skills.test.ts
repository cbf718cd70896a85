import { readFile } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { fromAgentSkill, installAgentSkill, toAgentSkill } from "../../../src/adapters/agent-skills/index.ts";
import { skillFiles } from "../../../src/cli/folder/skill-files.ts";
import type { Runtime } from "../../../src/contract/contract.ts";
import { createNodeRuntime } from "../../../src/platforms/node/node.ts";
import { failure } from "../../../src/testing/test-engine.ts";

const skillText = `---
name: text-tools
description: Counts words and greets. Use when somebody asks how long a text is.
license: MIT
metadata:
  author: somebody
  version: "1.2"
---

# Text tools

Run \`scripts/count.lua\` with the text.
`;

const folder = {
  "text-tools/SKILL.md": skillText,
  "text-tools/scripts/count.lua": `#!/usr/bin/env lua
-- Counts the words of its arguments,
-- and says the first.
local n = 0
for _, text in ipairs(arg) do for _ in text:gmatch("%S+") do n = n + 1 end end
print("words", n)
io.write(arg[0], " ", ..., "\\n")
`,
  "text-tools/scripts/Greet Me.lua": `-- Greets.
return function(args) return "Hello " .. args.who end
`,
  "text-tools/scripts/broken.lua": `error("no luck")`,
  "text-tools/scripts/convert.py": "print('not ours')",
  "text-tools/references/style.md": "# How to count\n\nBlanks divide words.\n",
  "text-tools/assets/list.txt": "one\n",
};

async function opened(): Promise<Runtime> {
  const runtime = await createNodeRuntime({ storage: "memory" });
  onTestFinished(() => runtime.close());
  return runtime;
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

test("an Agent Skill with Lua scripts is installed, and its scripts are entries", async () => {
  const runtime = await opened();
  expect(await installAgentSkill(runtime, folder)).toMatchObject({ status: "installed", version: "1.2.0" });
  expect(runtime.list().map(({ name, description }) => [name, description])).toEqual([
    ["text-tools-broken", expect.stringContaining("scripts/broken.lua")],
    ["text-tools-count", "Counts the words of its arguments, and says the first."],
    ["text-tools-greet-me", "Greets."],
  ]);
  expect((await runtime.call("text-tools-greet-me", { who: "Ada" })).content).toBe("Hello Ada");
  const counted = await runtime.call("text-tools-count", { argv: ["one two", "three"] });
  expect(counted.content).toBe("words\t3\nscripts/count.lua one two\n");
  expect((await runtime.call("text-tools-count")).content).toContain("words\t0");
  const failed = await failure(runtime.call("text-tools-broken"));
  expect(failed).toMatchObject({ code: "lua_error", message: expect.stringContaining("no luck") });
  expect(failed.data.file).toContain("scripts/broken.lua");
  const [tree] = await runtime.help();
  expect(tree).toMatchObject({ main: { description: expect.stringContaining("Use when somebody asks") } });
  expect(tree?.flows).toMatchObject([{ flow_name: "style", description: "How to count" }]);
  expect((await runtime.help("text-tools"))?.content).toContain("# Text tools");
  expect((await fromAgentSkill(folder)).skipped).toEqual(["scripts/convert.py"]);
});

test("there and back the folder is what it was", async () => {
  const runtime = await opened();
  await installAgentSkill(runtime, folder);
  const { name, files } = await toAgentSkill(runtime, "text-tools");
  expect(name).toBe("text-tools");
  for (const [path, content] of Object.entries(folder)) expect(text(files[path.replace(/^[^/]+\//, "")])).toBe(content);
  const other = await opened();
  const again = Object.fromEntries(Object.entries(files).map(([path, content]) => [`anywhere/${path}`, content]));
  expect(await installAgentSkill(other, again)).toMatchObject({ status: "installed", skill_id: "text-tools" });
  expect((await other.call("text-tools-greet-me", { who: "Bob" })).content).toBe("Hello Bob");
  const seeded = await createNodeRuntime({ storage: "memory", skills: (await fromAgentSkill(again)).files });
  onTestFinished(() => seeded.close());
  expect(seeded.list()).toEqual(other.list());
});

test("an installed skill is an Agent Skill folder: instructions from its help, front matter of the format", async () => {
  const runtime = await opened();
  for (const [path, content] of skillFiles("demo/skills/notebook")) {
    await runtime.fs.write(`/runtime/skills/notebook/${path}`, content);
  }
  await runtime.skills.reload();
  const { name, files } = await toAgentSkill(runtime, "notebook");
  const [, head = "", body = ""] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text(files["SKILL.md"])) ?? [];
  const front = parse(head);
  expect(front).toEqual({
    name,
    description: expect.stringContaining("What the notebook does"),
    compatibility: expect.stringMatching(/^.{1,500}$/),
    metadata: { version: "1.0.0" },
  });
  expect(front.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(front.description.length).toBeLessThanOrEqual(1024);
  expect(body).toContain((await readFile("demo/skills/notebook/help/main.md", "utf8")).trim());
  expect(body).toContain("- `title` (string, required): A short title");
  expect(body).toContain(`npx luaskills-wasm call . notebook-show --args '{"id":"groceries"}'`);
  expect(body).toContain("[tags](references/tags.md): How tags work");
  expect(text(files["references/tags.md"])).toBe(await readFile("demo/skills/notebook/help/tags.md", "utf8"));
  expect(Object.keys(files)).toEqual(expect.arrayContaining(["skill.yaml", "runtime/add.lua", "help/main.md"]));
  const back = await opened();
  await installAgentSkill(back, files);
  expect(back.list().map((entry) => entry.name)).toEqual(runtime.list().map((entry) => entry.name));
});

test.each([
  [{ "a/readme.md": "x" }, "invalid_argument", "no SKILL.md among the 1 files"],
  [{ "SKILL.md": "# no front matter" }, "invalid_manifest", "must begin with front matter"],
  [{ "SKILL.md": "---\nname: Bad_Name\ndescription: x\n---\n" }, "invalid_manifest", '"Bad_Name"'],
  [{ "SKILL.md": "---\nname: a--b\ndescription: x\n---\n" }, "invalid_manifest", '"a--b"'],
  [{ "SKILL.md": "---\nname: fine\n---\n" }, "invalid_manifest", "description must say"],
  [{ "SKILL.md": "---\nname: [\n---\n" }, "invalid_manifest", "no YAML"],
  [
    { "SKILL.md": "---\nname: fine\ndescription: x\n---\n", "scripts/a.py": "" },
    "invalid_manifest",
    "no scripts/*.lua",
  ],
  [
    { "SKILL.md": "---\nname: x\ndescription: x\n---\n", "scripts/a.lua": "", "runtime/a.lua": "" },
    "conflict",
    "runtime/a.lua",
  ],
])("refuses %j", async (files, code, message) => {
  expect(await failure(fromAgentSkill(files as Record<string, string>))).toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test("a name that begins with a digit becomes an id, and what is not loaded is not exported", async () => {
  const files = { "SKILL.md": "---\nname: 3d-tools\ndescription: x\n---\n", "scripts/1.lua": "return 7" };
  expect((await fromAgentSkill(files)).skillId).toBe("skill-3d-tools");
  const runtime = await opened();
  await installAgentSkill(runtime, files);
  expect((await runtime.call("skill-3d-tools-script")).content).toBe("7");
  expect(await failure(toAgentSkill(runtime, "nothing"))).toMatchObject({ code: "not_found" });
});

test("a skill without help goes out with what its entries say", async () => {
  const runtime = await opened();
  const entry = "entries: [{ name: say, description: Says hello., lua_entry: runtime/say.lua, lua_module: hi.say }]";
  await runtime.fs.write("/runtime/skills/hi/skill.yaml", `name: Hi\nversion: 1.0.0\n${entry}\n`);
  await runtime.fs.write("/runtime/skills/hi/runtime/say.lua", 'return function() return "hello" end');
  await runtime.skills.reload();
  const { files } = await toAgentSkill(runtime, "hi");
  expect(text(files["SKILL.md"])).toMatch(/^---\nname: hi\n[\s\S]*# Hi\n[\s\S]*### say\n\nSays hello\./);
});
