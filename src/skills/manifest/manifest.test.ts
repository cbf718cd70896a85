import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import { loadManifest } from "./manifest.ts";

function load(yaml: string, files: Record<string, string> = { "runtime/ping.lua": "return function() end" }) {
  const vfs = new MemoryTree();
  for (const [path, text] of Object.entries({ "skill.yaml": yaml, ...files })) {
    const full = `/r/skills/demo/${path}`;
    vfs.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    vfs.writeFile(full, new TextEncoder().encode(text));
  }
  return loadManifest(vfs, "/r/skills/demo");
}

function failure(yaml: string, files?: Record<string, string>): LuaSkillsError {
  try {
    load(yaml, files);
  } catch (thrown) {
    if (thrown instanceof LuaSkillsError) return thrown;
  }
  throw new Error("expected a LuaSkillsError");
}

const entry = "entries: [{ name: ping, lua_entry: runtime/ping.lua, lua_module: m }]\n";

describe("skill.yaml", () => {
  it("gives defaults, and 0 ms slow-log threshold only when the block is absent", () => {
    const manifest = load(`name: Demo\nversion: 1.0.0\nlancedb: {}\n${entry}`);
    expect(manifest).toMatchObject({
      debug: false,
      sqlite: { enable: false, logLevel: "info", slowLogThresholdMs: 0 },
      lancedb: { slowLogThresholdMs: 800 },
      entries: [{ name: "ping", inputSchema: { type: "object", properties: {} }, parameters: [] }],
    });
  });

  it("looks at the nodes of a schema before its root type, and trims the name of its file", () => {
    const withSchema = (member: string) =>
      `name: x\nversion: 1.0.0\nentries: [{ name: ping, lua_entry: runtime/ping.lua, lua_module: m, ${member} }]\n`;
    expect(failure(withSchema("input_schema: { type: [] }")).message).toContain(
      "input_schema.type must not be an empty array",
    );
    expect(failure(withSchema("input_schema: { type: [object] }")).message).toContain(
      'input_schema.type must be "object"',
    );
    const files = { "runtime/ping.lua": "", "schemas/a.json": '{"type":"object"}' };
    expect(load(withSchema('input_schema_file: " schemas/a.json "'), files)).toBeDefined();
  });

  it("takes digits after a leading zero for text, as the native parser does", () => {
    expect(load(`name: 007\nversion: 1.0.0\n${entry}`)).toMatchObject({ name: "007" });
    expect(failure(`name: 70\nversion: 1.0.0\n${entry}`).message).toContain("invalid type: integer `70`");
  });

  it("says file, line and column of a syntax error and of a wrong type", () => {
    const syntax = failure("name: demo\nname: again\n");
    expect(syntax.message).toMatch(/^Failed to parse \/r\/skills\/demo\/skill\.yaml: /);
    expect(syntax).toMatchObject({
      code: "invalid_manifest",
      data: { file: "/r/skills/demo/skill.yaml", line: 2, column: 1 },
    });
    const type = failure("name: demo\nversion: 1.0.0\nentries:\n  - name: 7\n");
    expect(type.message).toBe(
      "Failed to decode /r/skills/demo/skill.yaml: entries[0].name: invalid type: integer `7`, expected a string at line 4 column 11",
    );
    expect(type.data).toMatchObject({ line: 4, column: 11 });
  });

  it("refuses skill_id even as null, and any enable that is no boolean", () => {
    expect(failure("skill_id:\n").message).toBe(
      "skill manifest /r/skills/demo/skill.yaml must not declare skill_id; directory name is the only skill_id",
    );
    expect(failure("enable: yes\n").message).toMatch(/^Failed to parse /);
    expect(load("name: demo\nversion: nonsense\nenable: false\n")).toBeUndefined();
  });

  it("keeps __proto__ a plain key of a schema", () => {
    const manifest = load(
      `name: d\nversion: 1.0.0\nentries: [{ name: ping, lua_entry: runtime/ping.lua, lua_module: m, input_schema: { type: object, properties: { __proto__: { type: string } } } }]\n`,
    );
    expect(manifest?.entries[0]?.parameters).toEqual([
      { name: "__proto__", param_type: "string", description: "", required: false },
    ]);
    expect(({} as { type?: string }).type).toBeUndefined();
  });

  it("resolves backslash paths, and still sees the parent component in them", () => {
    const at = (path: string) =>
      `name: d\nversion: 1.0.0\nentries: [{ name: p, lua_entry: '${path}', lua_module: m }]\n`;
    expect(load(at("runtime\\ping.lua"))?.entries[0]?.luaEntry).toBe("runtime/ping.lua");
    expect(failure(at("runtime\\..\\x.lua")).message).toBe("skill d entry p: entry.lua_entry must not contain parent");
    expect(failure(at("runtime/")).message).toBe("Lua entry runtime/ not found in /r/skills/demo");
  });

  it("says where a second document or an unknown anchor stands", () => {
    const second = failure("name: a\n---\nname: b\n");
    expect(second.message).toMatch(/: the file holds more than one YAML document at line 2 column 1$/);
    const anchor = failure("name: a\nversion: *nope\n");
    expect(anchor.message).toMatch(/^Failed to parse .*: nope at line 2 column 10$/);
    expect(anchor.data).toMatchObject({ line: 2, column: 10 });
  });

  it("refuses both schemas, an unreadable schema file and an alias bomb", () => {
    const both = failure(
      `name: d\nversion: 1.0.0\nentries: [{ name: p, lua_entry: runtime/ping.lua, lua_module: m, input_schema: { type: object }, input_schema_file: schemas/x.json }]\n`,
    );
    expect(both.message).toBe("skill d: skill entry p must not declare both input_schema and input_schema_file");
    const file = failure(
      `name: d\nversion: 1.0.0\nentries: [{ name: p, lua_entry: runtime/ping.lua, lua_module: m, input_schema_file: schemas/x.json }]\n`,
      { "runtime/ping.lua": "", "schemas/x.json": "{" },
    );
    expect(file.message).toMatch(/^skill d: skill entry p input_schema_file .*x\.json parse failed: /);
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x,x]"];
    for (const [from, to] of ["ab", "bc", "cd", "de", "ef"].map((pair) => [...pair]))
      bomb.push(
        `${to}: &${to} [*${from},*${from},*${from},*${from},*${from},*${from},*${from},*${from},*${from},*${from}]`,
      );
    expect(failure(bomb.join("\n")).message).toMatch(/^Failed to parse .*alias/i);
  });
});
