import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../scripts/build/bundle.ts";
import { createNodeRuntime } from "../../src/platforms/node/node.ts";
import type { Ended } from "./ended.ts";
import { type Installed, installedPackage } from "./packed-package.ts";

/** The lines of the readme's block that begins with the author's first command. */
async function readmeLines(): Promise<string[]> {
  const readme = await readFile(path.join(root, "README.md"), "utf8");
  const block = /```sh\n((?:npx luaskills-wasm|cd ).*init[\s\S]*?)```/.exec(readme)?.[1];
  if (block === undefined) throw new Error("the readme has no block that begins with luaskills-wasm init");
  return block
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
}

describe("from nothing to an MCP server, as a person would type it", () => {
  let installed: Installed;
  let lines: string[];
  let skill = "";
  beforeAll(async () => {
    installed = await installedPackage();
    lines = await readmeLines();
  }, 120_000);
  afterAll(() => installed?.remove());

  /** The readme's line of a command, where its reader stands by then. */
  const typed = async (command: string): Promise<Ended> => {
    const line = lines.find((each) => each.startsWith(`npx luaskills-wasm ${command}`));
    if (line === undefined) throw new Error(`the readme does not show ${command}`);
    return installed.type(line.replace(/^npx /, "npx --no-install "), skill || installed.folder);
  };

  it("init writes a skill", { timeout: 60_000 }, async () => {
    const { code, err } = await typed("init");
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("next:") });
    const enter = lines.find((line) => line.startsWith("cd ")) ?? "";
    skill = path.join(installed.folder, enter.slice("cd ".length));
    expect(await readdir(skill)).toEqual(expect.arrayContaining(["skill.yaml", "runtime", "tests", ".luarc.json"]));
    expect(await readFile(path.join(skill, "skill.yaml"), "utf8")).toMatch(/\$schema=\.\/types\/skill\.schema\.json/);
    // A second time it writes over nothing.
    const again = await installed.type(lines[0]?.replace(/^npx /, "npx --no-install ") ?? "");
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining("is not empty") });
  });

  it("check finds nothing, and then what is broken", { timeout: 60_000 }, async () => {
    expect(await typed("check")).toMatchObject({ code: 0, out: "" });
    const file = path.join(skill, "skill.yaml");
    const good = await readFile(file, "utf8");
    await writeFile(file, good.replace("lua_entry:", "lua_enty:"));
    const broken = await typed("check");
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/^skill\.yaml:\d+:5 error: entries\[0\]\.lua_enty: .*did you mean lua_entry\?$/m);
    await writeFile(file, good);
  });

  it("test runs tests/*.lua", { timeout: 60_000 }, async () => {
    const { code, out } = await typed("test");
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+ passed, 0 failed$/m) });
  });

  it("pack makes what a runtime installs", { timeout: 60_000 }, async () => {
    expect((await typed("pack")).code).toBe(0);
    const zip = (await readdir(skill)).find((name) => name.endsWith("-v0.1.0-skill.zip"));
    const runtime = await createNodeRuntime();
    await runtime.skills.install({ zip: new Uint8Array(await readFile(path.join(skill, zip ?? ""))) });
    expect(runtime.list().map(({ skillId }) => skillId)).toContain(path.basename(skill));
    await runtime.close();
  });

  it("mcp serves it to a client over stdio", { timeout: 60_000 }, async () => {
    const line = lines.find((each) => each.startsWith("npx luaskills-wasm mcp")) ?? "";
    const [command = "", ...args] = line.replace(/^npx /, "npx --no-install ").split(" ");
    const client = new Client({ name: "person", version: "1.0.0" });
    await client.connect(new StdioClientTransport({ command, args, cwd: skill, stderr: "ignore" }));
    const { tools } = await client.listTools();
    const [tool] = tools;
    expect(tool?.name).toBe(`${path.basename(skill)}-hello`);
    const answer = await client.callTool({ name: tool?.name ?? "", arguments: { who: "Ada" } });
    expect(answer.content).toEqual([{ type: "text", text: "Hello Ada!" }]);
    await client.close();
  });
});
