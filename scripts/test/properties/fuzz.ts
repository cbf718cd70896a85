// npm run fuzz [-- runs] [-- --seed N] [-- part of a file's name…]: properties and random histories, long: 20,000 inputs for a
// property, another seed every time.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" } } });
const runs = positionals.find((each) => /^\d+$/.test(each)) ?? "20000";
const files = positionals.filter((each) => !/^\d+$/.test(each));
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`${runs} inputs for each property, seed ${seed}; again: npm run fuzz -- ${runs} --seed ${seed}`);
const vitest = [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--config",
  "scripts/test/properties/vitest.config.ts",
  ...files,
];
const { status } = spawnSync(process.execPath, vitest, {
  stdio: "inherit",
  env: { ...process.env, PROPERTY_RUNS: runs, PROPERTY_SEED: seed },
});
process.exitCode = status ?? 1;
