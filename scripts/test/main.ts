// The stages of `npm test` in order, two at a time where they bear company: --only stage,stage and --skip stage,stage choose among
// them.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { root } from "../build/bundle.ts";
import { type Stage, stages } from "./stages.ts";

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const { values } = parseArgs({ options: { only: { type: "string" }, skip: { type: "string" } } });
const listed = (text: string | undefined) => text?.split(",").map((name) => name.trim());
const only = listed(values.only);
const skip = listed(values.skip);
for (const name of [...(only ?? []), ...(skip ?? [])]) {
  if (!stages.some((stage) => stage.name === name)) {
    throw new Error(`no stage "${name}"; stages: ${stages.map((stage) => stage.name).join(", ")}`);
  }
}

/** @param live shows what it prints as it comes; otherwise at its end, so that the output of two does not mix */
function run({ name, command: [program, ...args] }: Stage, live: boolean): Promise<Counts> {
  return new Promise((resolve) => {
    const child = spawn(program === "node" ? process.execPath : program, args, {
      cwd: root,
      stdio: ["ignore", "pipe", live ? "inherit" : "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    let output = "";
    if (live) console.log(`\n== ${name}`);
    const take = (data: Buffer): void => {
      if (live) process.stdout.write(data);
      output += data;
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("close", (status) => {
      if (!live) process.stdout.write(`\n== ${name}\n${output}`);
      resolve(counts(output, status));
    });
  });
}

/** A stage whose program prints `N passed, N failed` counts those; any other counts as one check by its exit code. */
function counts(output: string, status: number | null): Counts {
  const printed = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  const passed = printed ? Number(printed[1]) : status === 0 ? 1 : 0;
  const failed = printed ? Number(printed[2]) : 0;
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed };
}

interface Result extends Counts {
  readonly name: string;
  readonly seconds: number;
}

const started = Date.now();
const results: Result[] = [];
const chosen = stages.filter(({ name }) => (only?.includes(name) ?? true) && !skip?.includes(name));
const running = new Set<Promise<void>>();
const ends = new Map<string, Promise<void>>();

async function finish(stage: Stage): Promise<void> {
  const at = Date.now();
  const missing = results.some((result) => result.name === stage.needs && result.failed > 0);
  if (missing) console.log(`\n== ${stage.name}\nnot run: ${stage.needs} failed`);
  const result = missing ? { passed: 0, failed: 1 } : await run(stage, stage.beside !== true);
  results.push({ name: stage.name, ...result, seconds: (Date.now() - at) / 1000 });
}

for (const stage of chosen) {
  while (running.size > (stage.beside ? 1 : 0)) await Promise.race(running);
  if (stage.needs) await ends.get(stage.needs);
  const run = finish(stage).finally(() => running.delete(run));
  running.add(run);
  ends.set(stage.name, run);
  if (!stage.beside) await run;
}
await Promise.all(running);

console.log("\n== summary");
for (const { name, passed, failed, seconds } of results) {
  const state = failed > 0 ? "FAILED" : "ok";
  console.log(`${state.padEnd(7)}${name.padEnd(24)}${passed} passed, ${failed} failed  (${seconds.toFixed(1)} s)`);
}
const sum = (key: keyof Counts) => results.reduce((total, result) => total + result[key], 0);
console.log(`${((Date.now() - started) / 60_000).toFixed(1)} min`);
console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") > 0 || sum("passed") === 0 ? 1 : 0;
