// node scripts/run-ts.mjs test/edge/main.ts [--host deno|workerd] [--suite name]...: the portable suites in the real
// runtimes. Last line `N passed, N failed`.
import { execFile } from "node:child_process";
import path from "node:path";
import { parseArgs, promisify } from "node:util";
import { Miniflare } from "miniflare";
import { Tally } from "../browser/tally.ts";
import type { SuiteResult } from "../portable/suite.ts";
import { bundleSuite, suiteNames } from "./bundle.ts";
import { compatibilityDate, workerModules } from "./workerd.ts";

const { values } = parseArgs({ options: { host: { type: "string" }, suite: { type: "string", multiple: true } } });
const timeoutMs = 300_000;
const wasm = ["lua", "lua-stock", "trampolines", "shim"];

async function inDeno(suite: string): Promise<SuiteResult[]> {
  const file = await bundleSuite(suite, "test/edge/deno-entry.ts", false);
  const dist = path.resolve("dist");
  const args = ["run", "--quiet", "--no-prompt", "--no-config", `--allow-read=${dist}`, file, dist];
  const options = { timeout: timeoutMs, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)("node_modules/.bin/deno", args, options);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as SuiteResult[];
}

async function inWorkerd(suite: string, nodeCompat: boolean): Promise<SuiteResult[]> {
  const file = await bundleSuite(suite, "test/edge/workerd-entry.ts", true);
  const worker = new Miniflare({
    modules: await workerModules(file, wasm),
    compatibilityDate,
    compatibilityFlags: nodeCompat ? ["nodejs_compat"] : [],
  });
  try {
    const response = await worker.dispatchFetch("http://suite.test/", { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as SuiteResult[];
  } finally {
    await worker.dispose();
  }
}

const hosts = {
  deno: [["Deno", inDeno]],
  workerd: [
    ["workerd", (suite: string) => inWorkerd(suite, false)],
    ["workerd, nodejs_compat", (suite: string) => inWorkerd(suite, true)],
  ],
} as const;

const tally = new Tally();
for (const [host, variants] of Object.entries(hosts)) {
  if (values.host !== undefined && values.host !== host) continue;
  for (const [name, run] of variants) {
    tally.heading(name);
    for (const suite of await suiteNames()) {
      if (values.suite && !values.suite.includes(suite)) continue;
      try {
        tally.add(suite, await run(suite));
      } catch (error) {
        tally.add(suite, [{ name: "suite", outcome: "failed", detail: String(error), ms: 0 }]);
      }
    }
  }
}
tally.finish();
