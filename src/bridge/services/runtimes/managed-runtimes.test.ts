import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Json, Runtime } from "../../../contract/contract.ts";
import { createNodeRuntime } from "../../../platforms/node/node.ts";
import { connect, pair, startTestBridge, type TestBridge } from "../../../testing/test-bridge.ts";

type Facts = Readonly<Record<string, Json>>;

/** What pnpm does with the lock file below, without a network. */
const pnpm = `#!/usr/bin/env node
const { mkdirSync, writeFileSync, readFileSync, appendFileSync } = require("node:fs");
appendFileSync(process.argv[1] + ".log", process.argv.slice(2).join(" ") + "\\n");
if (!readFileSync("pnpm-lock.yaml", "utf8").includes("is-odd")) { console.error("ERR_PNPM_OUTDATED_LOCKFILE"); process.exit(1); }
mkdirSync("node_modules/is-odd", { recursive: true });
writeFileSync("node_modules/is-odd/package.json", JSON.stringify({ name: "is-odd", main: "index.js" }));
writeFileSync("node_modules/is-odd/index.js", "module.exports = (n) => n % 2 === 1;");
`;

const files: Readonly<Record<string, string>> = {
  "skill.yaml": `name: Echo
version: 1.0.0
entries:
  - { name: run, description: Runs, lua_entry: runtime/run.lua, lua_module: echo.run }
`,
  "runtime/run.lua": `return function(args)
  local runtime = vulcan.runtime[args.kind]
  local answer = args.request and { pcall(runtime.invoke, args.request) } or { true, runtime.status() }
  return vulcan.json.encode(answer[2])
end
`,
  "dependencies.yaml": `node_runtime:
  version: "99.1.0"
  package_manager: pnpm
  package_manager_version: "11.11.0"
  package_json: node/package.json
  lockfile: node/pnpm-lock.yaml
python_runtime:
  version: "3.14.6"
  package_manager: uv
`,
  "node/package.json": JSON.stringify({ type: "module", dependencies: { "is-odd": "3.0.1" } }),
  "node/pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  is-odd@3.0.1: {}\n",
  "node/echo.mjs": `import isOdd from "is-odd";
let calls = 0;
export async function main(args, ctx) {
  console.log("ready", args.n);
  console.error("careful");
  calls += 1;
  return { odd: isOdd(args.n), calls, skill: ctx.skill_id, env: Object.keys(process.env).filter((name) => /SECRET|NODE_OPTIONS/.test(name)) };
}
export const bad = () => { throw new RangeError("out of it"); };
export const forever = () => new Promise(() => setInterval(() => {}, 1000));
export const big = () => "x".repeat(3_000_000);
export const notJson = () => () => 1;
export const gone = () => process.exit(3);
export default (args) => args;
`,
  "python/echo.py": `import sys, os
def main(args, ctx):
    print("ready", args["n"])
    print("careful", file=sys.stderr)
    return {"n": args["n"] + 1, "skill": ctx["skill_id"], "secret": "BRIDGE_SECRET" in os.environ}
def bad(args, ctx):
    raise ValueError("out of it")
`,
};

let folder = "";
let test: TestBridge;
let runtime: Runtime;

async function call(kind: string, request?: object, skill = "echo-run"): Promise<Facts> {
  const args = { kind, ...(request ? { request } : {}) } as Record<string, Json>;
  return JSON.parse((await runtime.call(skill, args)).content) as Facts;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "bridge-runtimes-"));
  const packageManager = path.join(folder, "pnpm");
  await writeFile(packageManager, pnpm);
  await chmod(packageManager, 0o755);
  process.env.BRIDGE_SECRET = "leaked";
  test = await startTestBridge({
    runtimes: { node: { packageManager }, python: {} },
    environments: path.join(folder, "environments"),
    limits: { outputBytes: 1_000_000 },
  });
  runtime = await createNodeRuntime({ process: { kind: "bridge", url: test.bridge.url, token: await pair(test) } });
  for (const [name, text] of Object.entries(files)) await runtime.fs.write(`/runtime/skills/echo/${name}`, text);
  await runtime.skills.reload();
});
afterAll(async () => {
  delete process.env.BRIDGE_SECRET;
  await runtime.close();
  await test.bridge.close();
  await rm(folder, { recursive: true, force: true });
});

describe("vulcan.runtime.node and .python through a bridge that allows them", () => {
  it("status tells what is there, before and after the packages were installed", async () => {
    const before = await call("node");
    expect(before).toMatchObject({
      ...{ available: true, configured: true, ready: false, runtime: "node", runtime_version: "99.1.0" },
      ...{ package_manager: "pnpm", package_manager_version: "11.11.0", runtime_executable: process.execPath },
      message: `node ${process.versions.node} beside the bridge; the package asks for 99.1.0`,
      persistent_session: { supported: false },
    });
    const first = await call("node", { file: "node/echo.mjs", handler: "main", args: { n: 3 } });
    expect(first).toMatchObject({
      ...{ ok: true, value: { odd: true, calls: 1, skill: "echo", env: [] }, worker_reused: false },
      ...{ stdout: "ready 3\n", stderr: "careful\n", env_hash: before.env_hash, env_dir: before.env_dir },
    });
    const second = await call("node", { file: "node/echo.mjs", handler: "main", args: { n: 4 }, timeout_ms: 30_000 });
    expect(second).toMatchObject({ ok: true, value: { odd: false, calls: 2 }, worker_reused: true });
    expect((await call("node")).ready).toBe(true);
  });

  it("a changed file is loaded anew", async () => {
    const request = { file: "node/version.mjs", args: {} };
    await runtime.fs.write("/runtime/skills/echo/node/version.mjs", "export const main = () => 1;");
    expect((await call("node", request)).value).toBe(1);
    await runtime.fs.write("/runtime/skills/echo/node/version.mjs", "export const main = () => 2;");
    expect(await call("node", request)).toMatchObject({ value: 2, worker_reused: false });
  });

  it.each([
    ["bad", { error: "out of it", trace: expect.stringContaining("RangeError") }],
    ["none", { error: expect.stringContaining('exports no function "none"') }],
    ["notJson", { error: "the handler answered a function, which is no JSON" }],
    ["big", { status: "output_limit" }],
    ["gone", { status: "exited", error: "the process of the handler is gone: it ended with code 3" }],
    ["forever", { status: "timeout", timed_out: true, error: "the handler took more than 200 ms" }],
  ])("a handler that fails: %s", async (handler, answer) => {
    const timeout_ms = handler === "forever" ? 200 : 30_000;
    const told = await call("node", { file: "node/echo.mjs", handler, args: {}, timeout_ms });
    expect(told).toMatchObject({ ok: false, ...answer });
    expect(await call("node", { file: "node/echo.mjs", args: { whole: true } })).toMatchObject({
      ...{ ok: true, value: { whole: true } },
    });
  });

  it("Python: handlers, output, failures", async () => {
    expect(await call("python")).toMatchObject({ available: true, ready: true, runtime_version: "3.14.6" });
    expect(await call("python", { file: "python/echo.py", args: { n: 1 } })).toMatchObject({
      ...{ ok: true, value: { n: 2, skill: "echo", secret: false } },
      ...{ stdout: "ready 1\n", stderr: "careful\n", worker_reused: false },
    });
    expect(await call("python", { file: "python/echo.py", handler: "bad" })).toMatchObject({
      ...{ ok: false, error: "out of it", trace: expect.stringContaining("ValueError"), worker_reused: true },
    });
  });

  it("requests that make no sense raise", async () => {
    const told = async (request: object) => String(await call("node", request));
    expect(await told({})).toMatch(/runtime\.node\.invoke: file must be the path of a file of the skill$/);
    for (const file of ["../x.mjs", "/etc/passwd", "node/../../x", "C:\\x", "node//x"]) {
      expect(await told({ file })).toMatch(/file must be a safe relative path inside the skill directory$/);
    }
    expect(await told({ file: "a.mjs", timeout_ms: -1 })).toMatch(/timeout_ms must be a positive integer$/);
    expect(await call("node", { file: "node/none.mjs" })).toMatchObject({
      ...{ ok: false, error: 'the package has no file "node/none.mjs"' },
    });
  });

  it("packages that cannot be installed say why", async () => {
    await runtime.fs.write("/runtime/skills/echo/node/pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
    expect(await call("node", { file: "node/echo.mjs", args: {} })).toMatchObject({
      ...{ ok: false, error: "pnpm install could not install the packages: ERR_PNPM_OUTDATED_LOCKFILE" },
    });
    await runtime.fs.write("/runtime/skills/echo/node/pnpm-lock.yaml", files["node/pnpm-lock.yaml"] ?? "");
  });
});

describe("whoever connects to the service", () => {
  const declaration = { version: "1.0.0" };
  const invoke = async (params: object, given = test) => {
    given.bridge.renewPairingCode();
    const link = await connect(given);
    try {
      const { path: own } = (await link.call("files", "open", {})) as { path: string };
      await writeFile(path.join(folder, "outside.mjs"), "export default () => 'got out'");
      await symlink(path.join(folder, "outside.mjs"), path.join(own, "link.mjs"));
      const call = { kind: "node", declaration, folder: own, file: "a.mjs", args: "{}", ...params };
      return JSON.stringify(await link.call("runtimes", "invoke", call));
    } catch (error) {
      return (error as Error).message;
    } finally {
      link.close();
    }
  };

  it.each([
    ["a file above the package", { file: "../outside.mjs" }, /leads out of the package/],
    ["a link out of it", { file: "link.mjs" }, /leads out of the package/],
    ["a folder of the machine", { folder: tmpdir(), file: "x.mjs" }, /only packages that this connection brought/],
    ["a folder that is none", { folder: "/none", file: "x.mjs" }, /not beside the bridge/],
    ["a manifest elsewhere", { declaration: { version: "1", manifest: { path: "../../x", text: "{}" } } }, /leads out/],
    ["another runtime", { kind: "ruby" }, /knows the runtimes node and python/],
    ["arguments that are no JSON", { args: "{" }, /no file|not JSON/],
    ["no declaration", { declaration: null }, /wants declaration to be an object/],
  ])("%s", async (_what, params, refusal) => {
    expect(await invoke(params)).toMatch(refusal);
  });

  it("a bridge that allows no runtime says which flag would", async () => {
    const closed = await startTestBridge();
    try {
      expect(await invoke({ file: "link.mjs" }, closed)).toMatch(/leads out/);
      closed.bridge.renewPairingCode();
      const link = await connect(closed);
      await expect(link.call("runtimes", "status", { kind: "python", declaration })).rejects.toThrow(
        "the bridge does not allow python to skills; start it with --runtime python",
      );
      link.close();
    } finally {
      await closed.bridge.close();
    }
  });
});

it("without a bridge both stay nil", async () => {
  const alone = await createNodeRuntime();
  expect(await alone.runLua("return vulcan.runtime.node == nil and vulcan.runtime.python == nil")).toBe(true);
  await alone.close();
});
