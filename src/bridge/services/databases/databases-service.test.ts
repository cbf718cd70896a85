import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createNodeRuntime } from "../../../platforms/node/node.ts";
import { connect, pair, startTestBridge } from "../../../testing/test-bridge.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "bridge-databases-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const request = (tag: unknown) => ({ action: "drop_table", binding: { binding_tag: tag }, input: { table_name: "t" } });

describe("native databases of the bridge", () => {
  it("are denied until the configuration has a place for them", async () => {
    const test = await startTestBridge();
    const link = await connect(test);
    await expect(link.call("databases", "lancedb", request("ROOT-notes"))).rejects.toThrow(
      "the bridge has no place for databases; start it with --databases DIR",
    );
    link.close();
    await test.bridge.close();
  });

  it("never lie outside that place, nor in that of another page or skill", async () => {
    const test = await startTestBridge({ databases: folder });
    const link = await connect(test);
    const tags = ["ROOT-notes", "../../etc", "..", ".", "/etc", "a/b", "a_2Fb", "a%2Fb", "a\\b", "ROOT-*"];
    // Without the package, which is named, nothing is opened; the log has the directory all the same.
    for (const tag of tags) {
      await expect(link.call("databases", "lancedb", request(tag))).rejects.toThrow(/npm install @lancedb\/lancedb@/);
    }
    for (const tag of ["", 7, null, "x".repeat(300)]) {
      await expect(link.call("databases", "lancedb", request(tag))).rejects.toThrow(/bad name|wants/);
    }
    const used = test.log.filter(({ event }) => event === "database").map(({ directory }) => String(directory));
    expect(new Set(used).size).toBe(tags.length);
    for (const directory of used) {
      expect(path.relative(folder, directory)).toMatch(/^native[/\\][^/\\.][^/\\]*[/\\]lancedb$/);
    }
    expect(await readdir(folder)).toEqual([]);
    link.close();
    await test.bridge.close();
  });

  it("are what LanceDB of a skill in host_callback mode is without a callback of the host", async () => {
    const test = await startTestBridge({ databases: folder });
    const runtime = await createNodeRuntime({
      process: { kind: "bridge", url: test.bridge.url, token: await pair(test) },
      hostOptions: { lancedb_provider_mode: "host_callback" },
    });
    const skill = {
      "skill.yaml":
        "name: Notes\nversion: 1.0.0\nentries:\n  - { name: go, description: Goes, lua_entry: runtime/go.lua, lua_module: notes.go }\nlancedb: { enable: true }\n",
      "runtime/go.lua": `return function() return tostring(select(2, pcall(vulcan.lancedb.drop_table, { table_name = "t" }))) end`,
    };
    for (const [name, text] of Object.entries(skill)) await runtime.fs.write(`/runtime/skills/notes/${name}`, text);
    await runtime.skills.reload();
    expect((await runtime.call("notes-go")).content).toMatch(/npm install @lancedb\/lancedb@/);
    expect(test.log.at(-1)).toMatchObject({ event: "database", kind: "lancedb", action: "drop_table" });
    await runtime.close();
    await test.bridge.close();
  });
});
