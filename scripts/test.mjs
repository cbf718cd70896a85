// npm test [-- --only stage,stage] [--skip stage,stage]: everything, on a fresh clone too. Last line: `N passed, N failed`.
import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureBrowsers, ensureNode, ensurePackages } from "./ensure.mjs";
import { stages } from "./stages.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { only: { type: "string" }, skip: { type: "string" } } });
const listed = (text) => text?.split(",").map((name) => name.trim());
for (const name of [...(listed(values.only) ?? []), ...(listed(values.skip) ?? [])]) {
  if (!stages.some((stage) => stage.name === name)) {
    throw new Error(`no stage "${name}"; stages: ${stages.map((stage) => stage.name).join(", ")}`);
  }
}
const chosen = stages.filter(
  ({ name }) => (listed(values.only)?.includes(name) ?? true) && !(listed(values.skip)?.includes(name) ?? false),
);

ensureNode();
ensurePackages();
ensureBrowsers();

/** @returns {Promise<{ passed: number, failed: number }>} */
function runStage({ command: [program, ...args] }) {
  return new Promise((resolve) => {
    const child = spawn(program === "node" ? process.execPath : program, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    let output = "";
    child.stdout.on("data", (data) => {
      process.stdout.write(data);
      output += data;
    });
    child.once("close", (status) => {
      const [counts] = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].slice(-1);
      const passed = counts ? Number(counts[1]) : status === 0 ? 1 : 0;
      const failed = counts ? Number(counts[2]) : 0;
      resolve({ passed, failed: status !== 0 && failed === 0 ? 1 : failed });
    });
  });
}

const started = Date.now();
const results = [];
for (const stage of chosen) {
  console.log(`\n== ${stage.name}`);
  const at = Date.now();
  const missing = results.find((result) => result.name === stage.needs && result.failed > 0);
  if (missing) console.log(`not run: ${stage.needs} failed`);
  const counts = missing ? { passed: 0, failed: 1 } : await runStage(stage);
  results.push({ name: stage.name, ...counts, seconds: (Date.now() - at) / 1000 });
}

console.log("\n== summary");
for (const { name, passed, failed, seconds } of results) {
  const state = failed > 0 ? "FAILED" : "ok";
  console.log(`${state.padEnd(7)}${name.padEnd(24)}${passed} passed, ${failed} failed  (${seconds.toFixed(1)} s)`);
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`${((Date.now() - started) / 60_000).toFixed(1)} min`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
