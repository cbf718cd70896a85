// npm test [-- --only stage,stage] [--skip stage,stage]: everything, on a fresh clone too. Installs what is missing, then
// runs the stages of test/stages.ts. Last line: `N passed, N failed`.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBrowsers, ensureNode, ensurePackages } from "./ensure.mjs";

ensureNode();
ensurePackages();
ensureBrowsers();
const { status } = spawnSync(
  process.execPath,
  ["scripts/run-ts.mjs", "scripts/test/main.ts", ...process.argv.slice(2)],
  { cwd: path.resolve(path.dirname(fileURLToPath(import.meta.url)), ".."), stdio: "inherit" },
);
process.exitCode = status ?? 1;
