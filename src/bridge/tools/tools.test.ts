import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "fflate";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sha256Hex } from "../../base/bytes/sha256.ts";
import { createNodeRuntime } from "../../platforms/node/node.ts";
import { pair, startTestBridge } from "../../testing/test-bridge.ts";
import { installTools } from "./install-tools.ts";

const script = new TextEncoder().encode('#!/bin/sh\necho "shout $*"\n');

/** A tar with one file below a folder, as releases have it. */
function tarGz(name: string, content: Uint8Array): Uint8Array {
  const header = new Uint8Array(512);
  const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  put(name, 0);
  put("0000755\0", 100);
  put(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  put("0", 156);
  put("ustar\u000000", 257);
  put("        ", 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const body = new Uint8Array(Math.ceil(content.length / 512) * 512 + 1024);
  body.set(content);
  return gzipSync(Uint8Array.from([...header, ...body]));
}

const archive = tarGz("shout-1.2.0/shout", script);
const digest = sha256Hex(archive);
let server: Server;
let folder = "";
let asked = 0;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "bridge-tools-"));
  server = createServer((_request, response) => {
    asked += 1;
    response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const dependencies = (sha256?: string, target = "bin/shout") => `tool_dependencies:
  - name: shout
    version: "1.2.0"
    required: true
    scope: skill
    source: { type: url }
    packages:
${["linux-x64", "linux-arm64", "macos-x64", "macos-arm64"]
  .map(
    (platform) => `      ${platform}:
        archive_type: tar_gz
        url: http://127.0.0.1:${(server.address() as AddressInfo).port}/shout-{version}.tar.gz
        ${sha256 === undefined ? "" : `sha256: "${sha256}"`}
        exports: [{ archive_path: shout, target_path: ${target}, executable: true }]
`,
  )
  .join("")}`;

async function packageWith(text: string): Promise<string> {
  const directory = await mkdtemp(path.join(folder, "package-"));
  await writeFile(path.join(directory, "dependencies.yaml"), text);
  return directory;
}

it("a tool a package declares is downloaded, held against its digest, and runs where the package looks for it", async () => {
  const root = path.join(folder, "tools");
  const packages = [await packageWith(dependencies(digest))];
  const [first] = await installTools({ packages, root });
  expect(first).toMatchObject({ name: "shout", version: "1.2.0", isNew: true });
  const before = asked;
  expect((await installTools({ packages, root }))[0]?.isNew).toBe(false);
  expect(asked).toBe(before);

  const test = await startTestBridge({ toolRoots: [root] });
  const runtime = await createNodeRuntime({
    process: { kind: "bridge", url: test.bridge.url, token: await pair(test) },
  });
  try {
    const skill = {
      "skill.yaml":
        "name: Shouter\nversion: 1.0.0\nentries:\n  - { name: go, description: Goes, lua_entry: runtime/go.lua, lua_module: shouter.go }\n",
      "dependencies.yaml": dependencies(digest),
      "runtime/go.lua": `return function()
          local program = vulcan.path.join(vulcan.deps.tools_path, "shout", "1.2.0", "linux-x64", "bin", "shout")
          return vulcan.process.exec({ program = program, args = { "loud" } }).stdout
        end`,
    };
    for (const [name, text] of Object.entries(skill)) await runtime.fs.write(`/runtime/skills/shouter/${name}`, text);
    await runtime.skills.reload();
    expect(runtime.problems()).toEqual([]);
    expect((await runtime.call("shouter-go")).content).toBe("shout loud\n");
  } finally {
    await runtime.close();
    await test.bridge.close();
  }
});

it.each([
  ["no digest", () => dependencies(), [], `accept it with --checksum ${digest}`],
  ["another digest", () => dependencies("0".repeat(64)), [digest], "Checksum mismatch for"],
  [
    "a target above the directory",
    () => dependencies(digest, "../../../out"),
    [],
    "without parent-directory traversal",
  ],
  ["an accepted digest", () => dependencies(), [digest.toUpperCase()], undefined],
])("an archive with %s", async (_what, text, checksums, refusal) => {
  const root = await mkdtemp(path.join(folder, "root-"));
  const work = installTools({ packages: [await packageWith(text())], root, checksums });
  if (refusal === undefined) expect((await work)[0]?.isNew).toBe(true);
  else await expect(work).rejects.toThrow(refusal);
});

it("what a bridge's own list names comes before the tools of a directory; a directory that is not there is told", async () => {
  const root = path.join(folder, "own", "x", "1", "linux-x64");
  await mkdir(root, { recursive: true });
  await writeFile(path.join(root, "true"), script, { mode: 0o755 });
  await writeFile(path.join(root, "notes.txt"), "no program");
  const test = await startTestBridge({ toolRoots: [path.join(folder, "own")], programs: [{ name: "true" }] });
  await test.bridge.close();
  await expect(startTestBridge({ toolRoots: ["/none/at/all"] })).rejects.toThrow(
    /directory of tools "\/none\/at\/all" cannot be read/,
  );
});
