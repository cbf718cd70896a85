import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Runtime } from "../../contract/contract.ts";
import { createNodeRuntime } from "../../platforms/node/node.ts";
import { templates } from "../init/templates/templates.ts";
import { checkSkill } from "./check-skill.ts";
import { findingText } from "./finding.ts";

const sound: Readonly<Record<string, string>> = {
  "skill.yaml": `name: Notes
version: 1.0.0
entries:
  - name: add
    description: Adds.
    lua_entry: runtime/add.lua
    lua_module: notes.add
    parameters:
      - { name: text, type: string, description: What, required: true }
help:
  main: { file: help/main.md }
`,
  "runtime/add.lua": "return function(args)\n  return args.text\nend\n",
  "help/main.md": "# Notes\n",
};

describe("luaskills-wasm check", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await createNodeRuntime({ load: false });
  });
  afterAll(() => runtime?.close());

  async function findings(changes: Readonly<Record<string, string | null>> = {}, id = "notes"): Promise<string[]> {
    const files = new Map<string, Uint8Array>();
    for (const [name, text] of Object.entries({ ...sound, ...changes })) {
      if (text !== null) files.set(name, new TextEncoder().encode(text));
    }
    return (await checkSkill(runtime, id, files)).map((each) => findingText(each, "."));
  }
  const manifest = (from: string, to: string) => ({ "skill.yaml": (sound["skill.yaml"] ?? "").replace(from, to) });

  it("finds nothing in a sound skill", async () => {
    expect(await findings()).toEqual([]);
  });

  it.each(Object.entries(templates))("finds nothing in the template %s", async (_name, template) => {
    const files = template.files({ id: "notes", name: "Notes" });
    expect(await findings({ "runtime/add.lua": null, "help/main.md": "# N\n", ...files })).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string | null>>, string]>([
    [
      "an unknown key",
      manifest("lua_entry:", "lua_enty:"),
      "skill.yaml:6:5 error: entries[0].lua_enty: there is no such key, so it does nothing; did you mean lua_entry?",
    ],
    [
      "a missing key",
      manifest("lua_entry:", "lua_enty:"),
      "skill.yaml:4:5 error: entries[0]: the key lua_entry is missing",
    ],
    [
      "a key that means nothing",
      manifest("help:\n", "author: me\nhelp:\n"),
      "skill.yaml:10:1 error: author: there is no such key, so it does nothing; known keys: name, version, enable, debug, entries, help, sqlite, lancedb",
    ],
    [
      "skill_id",
      manifest("help:\n", "skill_id: notes\nhelp:\n"),
      "skill.yaml:10:1 error: skill_id must not be declared: the skill's id is the name of its folder",
    ],
    [
      "a number for a version",
      manifest("1.0.0", "1.0"),
      "skill.yaml:2:10 error: version: expected text, got the number 1; put it in quotes",
    ],
    ["no version", manifest("1.0.0", "v1.0.0"), 'skill.yaml:2:10 error: version: "v1.0.0" does not match'],
    [
      "yes",
      manifest("help:\n", "enable: yes\nhelp:\n"),
      'skill.yaml:10:9 error: enable: expected true or false, got "yes"; write true or false',
    ],
    [
      "an unknown choice",
      manifest("help:\n", "sqlite: { enable: true, log_level: debug }\nhelp:\n"),
      'skill.yaml:10:36 error: sqlite.log_level: "debug" is none of off, info, warning',
    ],
    [
      "a name that is none",
      manifest("name: add", "name: Add_It"),
      'skill.yaml:4:11 error: entries[0].name: "Add_It" does not match',
    ],
    ["broken YAML", manifest("entries:", "entries: ["), "skill.yaml:"],
    [
      "no entries",
      manifest("entries:", "entries: []\nx:"),
      "skill.yaml:3:10 error: entries: at least 1 has to be there",
    ],
    [
      "a missing file",
      { "runtime/add.lua": null, "runtime/Add.lua": "return 1" },
      "skill.yaml:6:16 error: entry add: runtime/add.lua does not exist; runtime/Add.lua does, and capitals count",
    ],
    [
      "a missing help page",
      { "help/main.md": null },
      "skill.yaml:11:17 error: help main: help/main.md does not exist; in help/ there is nothing",
    ],
    [
      "an unknown help topic",
      manifest("    description: Adds.", "    description: Adds.\n    help: more"),
      "skill.yaml:6:11 error: entry add: help topic more is not declared; there are no help topics",
    ],
    [
      "a path outside",
      manifest("runtime/add.lua", "lib/add.lua"),
      "skill.yaml:6:16 error: entry add: lib/add.lua does not exist",
    ],
    [
      "Lua that does not compile",
      { "runtime/add.lua": "return function(args)\n  return args.\nend\n" },
      "runtime/add.lua:3 error: ",
    ],
    ["Lua of no entry", { "runtime/lib/x.lua": "x = = 1" }, "runtime/lib/x.lua:1 error: unexpected symbol near '='"],
    [
      "what the sandbox refuses",
      { "runtime/add.lua": "-- os.exit\nreturn function() local s = 'os.exit' os.exit(1) end" },
      "runtime/add.lua:2:39 error: os.exit is refused",
    ],
    [
      "programs",
      { "runtime/add.lua": 'return function() io.popen("ls") end' },
      "runtime/add.lua:1:19 warning: runs a program",
    ],
    [
      "the network",
      { "runtime/add.lua": 'local http = require("socket.http")\nreturn function() end' },
      "runtime/add.lua:1:14 warning: reaches the network",
    ],
    ["files of nobody", { "notes.txt": "x", "rules/a.md": "x" }, "rules warning: is none of what packages hold"],
    [
      "a type no vendor knows",
      manifest("type: string", "type: text"),
      'skill.yaml:9:7 warning: entry add: argument text: "text" is no type',
    ],
    [
      "a list without items",
      manifest("type: string", "type: array"),
      "skill.yaml:9:7 warning: entry add: argument text: vendors refuse a list",
    ],
    [
      "a pattern that backtracks",
      manifest(
        "parameters:",
        'input_schema: { type: object, properties: { b: { pattern: "^(?!x)" } } }\n    parameters:',
      ),
      'skill.yaml warning: entry add: arguments cannot be validated: the pattern "^(?!x)" at #/properties/b/pattern',
    ],
    [
      "a reference into nothing, in a schema of its own file",
      {
        ...manifest("parameters:", "input_schema_file: schemas/add.json\n    parameters:"),
        "schemas/add.json": '{ "type": "object", "properties": { "a": { "$ref": "#/$defs/a" } } }',
      },
      'skill.yaml warning: entry add: arguments cannot be validated: $ref "#/$defs/a" leads to no schema',
    ],
    [
      "no description",
      manifest("    description: Adds.\n", ""),
      "skill.yaml:4:11 warning: entry add has no description",
    ],
    [
      "dependencies of nowhere",
      { "dependencies.yaml": "tool_dependencies:\n  - { name: rg, source: { type: nowhere } }\n" },
      "dependencies.yaml:2:",
    ],
    [
      "a native dependency",
      { "dependencies.yaml": "tool_dependencies:\n  - { name: rg, source: { type: url } }\n" },
      "dependencies.yaml warning: rg is a program",
    ],
  ])("tells of %s", async (_what, changes, told) => {
    const found = await findings(changes);
    expect(
      found.some((each) => each.startsWith(told)),
      `${told}\nis not in\n${found.join("\n")}`,
    ).toBe(true);
  });

  it("tells of the folder's name", async () => {
    expect(await findings({}, "My_Skill")).toEqual([
      ". error: skill directory name must match ^[a-z]([a-z0-9-]*[a-z0-9])?$; rename the folder, for example to my-skill",
    ]);
  });
});
