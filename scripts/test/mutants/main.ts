// npm run mutants [-- --room net,vfs] [--share 0.2 --seed 1] [--survivors]: changes the code of some rooms in small ways and counts how
// many changes a test notices. By hand: all of it takes an hour. --share tries that part of the code, chosen by the seed; --lines
// src/net/fetch.ts:10-40 names it.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { root } from "../../build/bundle.ts";
import { type MutantRoom, mutantRooms } from "./rooms.ts";

type MutantResult = Awaited<ReturnType<Stryker["runMutationTest"]>>[number];

const wanted = 90;
const windowLines = 12;
const { values } = parseArgs({
  options: {
    room: { type: "string" },
    lines: { type: "string" },
    share: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    concurrency: { type: "string", default: "2" },
    survivors: { type: "boolean", default: false },
  },
});
const names = values.room?.split(",") ?? Object.keys(mutantRooms);
const caught = new Set<MutantResult["status"]>(["Killed", "Timeout", "RuntimeError"]);
const missed = new Set<MutantResult["status"]>(["Survived", "NoCoverage"]);

let below = 0;
const table: string[] = [];
for (const name of names) {
  const room = mutantRooms[name];
  if (room === undefined) throw new Error(`no room "${name}"; rooms: ${Object.keys(mutantRooms).join(", ")}`);
  const results = await mutate(name, values.lines?.split(",") ?? chosen(room), room.tests);
  const hit = results.filter(({ status }) => caught.has(status)).length;
  const lost = results.filter(({ status }) => missed.has(status));
  const share = (100 * hit) / Math.max(1, hit + lost.length);
  if (share < wanted) below += 1;
  table.push(`${name.padEnd(12)}${hit} of ${hit + lost.length} caught, ${share.toFixed(1)} %`);
  if (!values.survivors) continue;
  for (const { fileName, location, mutatorName, replacement, status } of lost) {
    const file = path.relative(root, fileName);
    console.log(
      `${file}:${location.start.line}:${location.start.column} ${status} ${mutatorName} ${replacement ?? ""}`,
    );
  }
}
console.log(`\n${table.join("\n")}`);
console.log(`${names.length - below} passed, ${below} failed`);
process.exitCode = below > 0 ? 1 : 0;

/** Windows of some lines all over the room, always the same for a seed. */
function chosen({ mutate: globs }: MutantRoom): string[] {
  const share = Number(values.share);
  if (!(share < 1)) return [...globs];
  const isCode = (file: string) => !/\.(test|suite|property|d)\.ts$/.test(file) && !globs.includes(`!${file}`);
  const files = globs.filter((glob) => !glob.startsWith("!")).flatMap((glob) => globSync(glob, root));
  return files.filter(isCode).flatMap((file) => {
    const lines = readFileSync(path.join(root, file), "utf8").split("\n").length;
    const windows = Array.from({ length: Math.ceil(lines / windowLines) }, (_, i) => i * windowLines + 1);
    return windows
      .filter(
        (line) =>
          createHash("sha256").update(`${values.seed} ${file} ${line}`).digest().readUInt32BE() < share * 2 ** 32,
      )
      .map((line) => `${file}:${line}-${Math.min(lines, line + windowLines - 1)}`);
  });
}

/** Files below a pattern of the form `src/room/**\/*.ts` or `src/room/*.ts`. */
function globSync(glob: string, from: string): string[] {
  const folder = glob.slice(0, glob.indexOf("*") - 1);
  if (!existsSync(path.join(from, folder))) return [];
  return readdirSync(path.join(from, folder), { recursive: glob.includes("**"), encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file.replaceAll(path.sep, "/")}`)
    .sort();
}

async function mutate(room: string, files: readonly string[], tests: readonly string[]): Promise<MutantResult[]> {
  process.env.MUTANT_TESTS = tests.join(",");
  await mkdir(path.join(root, ".cache/mutants"), { recursive: true });
  return new Stryker({
    mutate: [...files],
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "scripts/test/mutants/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    // Texts of errors and what else they carry are the conformance cases' to hold; no rule of a room depends on them.
    mutator: { excludedMutations: ["StringLiteral", "ObjectLiteral"] },
    ignoreStatic: true,
    reporters: ["json", "progress-append-only"],
    jsonReporter: { fileName: `.cache/mutants/${room}.json` },
    tempDirName: ".cache/stryker",
    // Stryker would read it with a compiler's interface that TypeScript 7 does not have.
    tsconfigFile: "not-for-stryker.json",
    ignorePatterns: ["/.cache", "/dist/**/*.map", "/test/conformance/results", "/docs", "/demo", "/bench"],
    concurrency: Number(values.concurrency),
    timeoutMS: 10_000,
    // All tests of a room, once: a busy machine takes its time.
    dryRunTimeoutMinutes: 20,
    logLevel: "warn" as never,
  }).runMutationTest();
}
