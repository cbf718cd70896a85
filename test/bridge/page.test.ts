/**
 * A real Chromium page and a real bridge, each at an origin of its own.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredToken, TokenStore } from "../../src/bridge/pairing.ts";
import type { BridgeServer } from "../../src/bridge/server.ts";
import type { Browser } from "../browser/engines/engine.ts";
import { launch } from "../browser/engines/launch.ts";
import { serve, type TestServer } from "../browser/serve.ts";
import { type RunningBridge, startBridge } from "./raw-bridge.ts";

const folder = mkdtempSync(path.join(tmpdir(), "page-mount-"));
writeFileSync(path.join(folder, "in.txt"), "from the machine");

let server: TestServer;
let stranger: TestServer;
let browser: Browser;
let running: RunningBridge;
let kept: readonly StoredToken[] = [];
const tokens: TokenStore = {
  load: () => kept,
  save: (all) => {
    kept = all;
  },
};

const page = () =>
  serve({
    folders: { "/dist/": ["dist"] },
    async handle(_request, response, url) {
      if (url.pathname !== "/") return false;
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>bridge</title>");
      return true;
    },
  });

const start = (port: number) =>
  startBridge({
    port,
    tokens,
    mounts: [{ path: folder, access: "read-write" }],
    runtimes: { node: {} },
    origins: [server.origin],
    programs: ["sh", "echo", "sleep"].map((name) => ({ name })),
  });

beforeAll(async () => {
  [server, stranger] = await Promise.all([page(), page()]);
  running = await start(0);
  browser = await launch("chromium", { onPageError: () => {} });
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await browser.close();
  await running.bridge.close();
  await Promise.all([server.close(), stranger.close()]);
});

const library = `const { createRuntime, pairBridge } = await import("/dist/index.js");`;
const evaluate = (code: string) => browser.evaluate(`(async () => { ${library} ${code} })()`);
const lua = (command: string) =>
  `return (function(r) return { r.stdout, r.error } end)(vulcan.process.exec(${command}))`;

/** Processes with this text in their command line. */
function processes(mark: string): number {
  const all = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return all.split("\n").filter((line) => line.includes(`sleep ${mark}`)).length;
}

describe("a page", () => {
  it("pairs with the code, and its skills run programs", async () => {
    await browser.go(`${server.origin}/`);
    const { url } = running.bridge;
    expect(
      await evaluate(`return pairBridge(${JSON.stringify(url)}, "AAAA-AAAA").catch((e) => e.code + ": " + e.message)`),
    ).toBe("permission_denied: that is not the pairing code in the bridge's terminal");
    const answer = await evaluate(`
      globalThis.token = await pairBridge("${url}", "${running.codes.at(-1)}");
      globalThis.runtime = await createRuntime({ storage: { kind: "memory" }, process: { kind: "bridge", url: "${url}", token } });
      return [runtime.capabilities.process, await runtime.runLua(${JSON.stringify(lua('{ program = "echo", args = { "from the page" } }'))})];`);
    expect(answer).toEqual(["bridge", ["from the page\n"]]);
  }, 60_000);

  it("that is not allowed neither pairs nor connects", async () => {
    const tab = await browser.newTab();
    await tab.go(`${stranger.origin}/`);
    const { url } = running.bridge;
    const paired = await tab.evaluate(
      `(async () => { ${library} return pairBridge("${url}", "${running.codes.at(-1)}").catch((e) => e.code) })()`,
    );
    expect(paired).toBe("bridge_error");
    const socket = await tab.evaluate(
      `new Promise((resolve) => { const s = new WebSocket("${url.replace("http", "ws")}/v1/connect"); s.onopen = () => resolve("open"); s.onerror = () => resolve("refused"); })`,
    );
    expect(socket).toBe("refused");
    const read = await tab.evaluate(`fetch("${url}/v1/health").then(() => "read", () => "hidden")`);
    expect(read).toBe("hidden");
    const blind = await tab.evaluate(
      `fetch("${url}/v1/pair", { method: "POST", mode: "no-cors", body: "{}" }).then((r) => r.type, () => "hidden")`,
    );
    expect(["opaque", "hidden"]).toContain(blind);
    await tab.close();
  }, 60_000);

  it("has a real directory in its tree", async () => {
    const { url } = running.bridge;
    const mounted = `{ storage: { kind: "memory" }, process: { kind: "bridge", url: "${url}", token, mount: { "/project": { directory: ${JSON.stringify(folder)}, access: "read-write" } } } }`;
    const program =
      "vulcan.fs.write('/project/out.txt', vulcan.fs.read('/project/in.txt'):upper()) return vulcan.fs.list('/project')";
    const answer = await evaluate(`
      const other = await createRuntime(${mounted});
      try { return await other.runLua(${JSON.stringify(program)}); } finally { await other.close(); }`);
    expect(answer).toEqual(["in.txt", "out.txt"]);
    expect(readFileSync(path.join(folder, "out.txt"), "utf8")).toBe("FROM THE MACHINE");
  }, 60_000);

  it("whose skills have handlers for Node runs them there", async () => {
    const files = {
      "skill.yaml":
        "name: Echo\nversion: 1.0.0\nentries:\n  - { name: run, description: Runs, lua_entry: runtime/run.lua, lua_module: echo.run }\n",
      "runtime/run.lua": `return function(args)
        local node = vulcan.runtime.node
        local before = node.status()
        local answer = node.invoke({ file = "node/echo.mjs", handler = args.handler, args = { n = 20 }, timeout_ms = 30000 })
        return vulcan.json.encode({ before.available, before.configured, answer.ok, answer.value, answer.stdout, answer.error })
      end`,
      "dependencies.yaml": "node_runtime:\n  version: 20.0.0\n  package_manager: pnpm\n",
      "node/echo.mjs":
        "export const main = ({ n }, { skill_id }) => { console.log('in node'); return { n: n + 1, skill_id, pid: process.pid > 0 }; };\nexport const bad = () => { throw new Error('no luck'); };",
    };
    const { url } = running.bridge;
    const answers = await evaluate(`
      const other = await createRuntime({ storage: { kind: "memory" }, process: { kind: "bridge", url: "${url}", token } });
      try {
        for (const [name, text] of Object.entries(${JSON.stringify(files)})) await other.fs.write("/runtime/skills/echo/" + name, text);
        await other.skills.reload();
        const calls = ["main", "bad"].map((handler) => other.call("echo-run", { handler }));
        return (await Promise.all(calls)).map(({ content }) => JSON.parse(content));
      } finally { await other.close(); }`);
    expect(answers).toEqual([
      [true, true, true, { n: 21, skill_id: "echo", pid: true }, "in node\n"],
      [true, true, false, null, "", "no luck"],
    ]);
  }, 60_000);

  it("hears that the bridge went away in the middle, and goes on with the next one", async () => {
    const mark = `7${Date.now()}`;
    const { port } = running.bridge;
    const call = JSON.stringify(lua(`"sleep ${mark}"`));
    await evaluate(`globalThis.lost = runtime.runLua(${call}); return 1`);
    await expect.poll(() => processes(mark), { timeout: 20_000 }).toBeGreaterThan(0);
    await running.bridge.close();
    expect(await evaluate("return lost")).toEqual(["", expect.stringContaining("was lost during process.exec")]);
    expect(processes(mark)).toBe(0);
    const gone = await evaluate(`return runtime.runLua(${JSON.stringify(lua('"echo hi"'))})`);
    expect(gone).toEqual(["", expect.stringContaining("Start it with: luaskills-wasm bridge")]);
    running = await start(port);
    expect(await evaluate(`return runtime.runLua(${JSON.stringify(lua('"echo back"'))})`)).toEqual(["back\n"]);
  }, 60_000);

  it("that is closed in the middle leaves no process behind", async () => {
    const mark = `6${Date.now()}`;
    const bridge: BridgeServer = running.bridge;
    await evaluate(`runtime.runLua(${JSON.stringify(lua(`"sleep ${mark} & sleep ${mark}"`))}); return 1`);
    await expect.poll(() => processes(mark), { timeout: 20_000 }).toBeGreaterThan(0);
    await browser.go("about:blank");
    await expect.poll(() => processes(mark), { timeout: 20_000 }).toBe(0);
    await expect.poll(() => bridge.connections, { timeout: 20_000 }).toBe(0);
  }, 60_000);
});
