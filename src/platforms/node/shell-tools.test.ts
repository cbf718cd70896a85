import { describe, expect, it } from "vitest";
import type { RuntimeOptions } from "../../contract/contract.ts";
import { createNodeRuntime } from "./node.ts";

const skill = `name: Finder
version: 1.0.0
entries:
  - { name: find, description: Finds, lua_entry: runtime/find.lua, lua_module: finder.find }
`;
const dependencies = `tool_dependencies:
  - name: rg
    version: "14.1.1"
    required: true
    scope: skill
    source: { type: url }
    packages:
      linux-x64:
        archive_type: tar_gz
        url: https://tools.test/rg.tar.gz
        exports: [{ archive_path: rg, target_path: bin/rg, executable: true }]
ffi_dependencies:
  - name: parser
    version: "1.0.0"
    required: true
    scope: skill
    source: { type: url }
    packages:
      linux-x64:
        archive_type: zip
        url: https://tools.test/parser.zip
        exports: [{ archive_path: libparser.so, target_path: lib/libparser.so }]
`;
const entry = `return function()
  local rg = vulcan.path.join(vulcan.deps.tools_path, "rg", "14.1.1", "linux-x64", "bin", "rg")
  if not vulcan.fs.exists(rg) then return "no " .. rg end
  local args = { "-c", "--color=never", "-e", "needle" }
  for _, kind in ipairs({ "txt", "md", "lua", "ts", "js", "c", "h" }) do
    args[#args + 1] = "--glob"
    args[#args + 1] = "*." .. kind
  end
  args[#args + 1] = "/runtime/hay"
  return vulcan.process.exec({ program = rg, args = args }).stdout
end
`;

async function runtimeWith(options: RuntimeOptions) {
  const runtime = await createNodeRuntime(options);
  const root = "/runtime/skills/finder";
  await runtime.fs.write(`${root}/skill.yaml`, skill);
  await runtime.fs.write(`${root}/dependencies.yaml`, dependencies);
  await runtime.fs.write(`${root}/runtime/find.lua`, entry);
  await runtime.fs.write("/runtime/hay/a.txt", "needle\nhay\nneedle\n");
  await runtime.skills.reload();
  return runtime;
}

describe("a package with a tool the embedded shell has", () => {
  it("loads under the default policies, and finds its tool where it expects it", async () => {
    const runtime = await runtimeWith({ process: { kind: "shell" } });
    expect(runtime.problems()).toEqual([]);
    expect((await runtime.call("finder-find")).content).toBe("/runtime/hay/a.txt:2\n");
    expect((await runtime.runLua('return vulcan.process.which("rg")')) as string).toBe("/usr/bin/rg");
    await runtime.close();
  });

  it("stays out without a shell, or when the host insists on its library", async () => {
    const bare = await runtimeWith({});
    expect(bare.problems()[0]?.message).toContain("'rg'");
    await bare.close();
    const strict = await runtimeWith({ process: { kind: "shell" }, dependencyPolicy: "strict" });
    expect(strict.problems()[0]?.message).toContain("'parser'");
    await strict.close();
  });
});

describe("programs of the host", () => {
  it("run through its callback, and read like the others", async () => {
    const asked: unknown[] = [];
    const runtime = await createNodeRuntime({
      env: { A: "b" },
      runProgram: (request) => {
        asked.push(request);
        if (request.program === "slow") return new Promise(() => {});
        if (request.program === "none") throw new Error("not here");
        return { code: 3, stdout: "out", stderr: Uint8Array.of(0x65) };
      },
    });
    expect(runtime.capabilities.process).toBe("host");
    const run = (spec: string) =>
      runtime.runLua(`local r = vulcan.process.exec(${spec}) return { r.code, r.stdout, r.stderr, r.error }`);
    expect(await run('{ command = "x", stdin = "in", env = { C = 1 } }')).toEqual([
      3,
      "out",
      "e",
      "process exited with code 3",
    ]);
    expect(asked[0]).toEqual({
      command: "x",
      cwd: "/runtime",
      env: { A: "b", C: "1" },
      stdin: new TextEncoder().encode("in"),
      skillId: null,
    });
    expect(await run('{ program = "none" }')).toEqual([
      null,
      "",
      "failed to spawn process: not here",
      "failed to spawn process: not here",
    ]);
    expect((await run('{ program = "slow", timeout_ms = 20 }')) as unknown[]).toContain(
      "process execution timed out after 20 ms",
    );
    await runtime.close();
  });
});
