/**
 * `npm run conformance`: runs the language-neutral cases against the engine in one environment. Exits 1 when a case
 * neither passes nor is listed in known-gaps.yaml, or is listed and passes; 2 when the run could not start.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Case, Suite } from "./case-format.ts";
import { writeCompatibility } from "./compatibility.ts";
import { drive } from "./drive.ts";
import { applyGaps, type Judged, parseGaps } from "./known-gaps.ts";
import { openEnvironment } from "./lanes/open.ts";
import { parseOptions, type RunOptions, usage } from "./options.ts";
import { render, total } from "./report.ts";
import { loadSuites, staleSuites } from "./suite-folder.ts";

const here = path.resolve("test/conformance");

interface Job {
  readonly suite: string;
  readonly case: Case;
}

async function main(options: RunOptions): Promise<number> {
  const copy = path.join(here, "cases");
  const own = path.join(here, "own-cases");
  const folders = options.dir ? [path.resolve(options.dir)] : [copy, own];
  const suites = (await Promise.all(folders.map(loadSuites))).flat();
  if (!options.dir) await reportStale(copy);
  const jobs = select(suites, options);
  if (jobs.length === 0) throw new Error("no case is left: check --suite and --case");

  const environment = await openEnvironment(options);
  const outcomes = new Map<Job, Judged>();
  const started = performance.now();
  let functions: readonly string[] = [];
  try {
    if (options.writeDocs) functions = await environment.surface();
    await drive(
      jobs,
      () => environment.openLane(),
      { limitMs: options.limitMs, lanes: options.jobs ?? environment.lanes },
      (job, outcome) => outcomes.set(job, { suite: job.suite, id: job.case.id, outcome }),
    );
  } finally {
    await environment.close();
  }
  const where = {
    environment: options.environment,
    waiting: environment.waiting(),
    isolation: options.isolation,
  };
  const gaps = parseGaps(await readFile(path.join(here, "known-gaps.yaml"), "utf8"));
  const judged = applyGaps(
    jobs.flatMap((job) => outcomes.get(job) ?? []),
    gaps,
    where,
  );
  const sums = total(judged);
  if (options.json) await writeFile(options.json, `${JSON.stringify({ ...where, ...sums, cases: judged }, null, 2)}\n`);
  if (options.writeDocs) await writeCompatibility({ ...where, functions, judged }, suites);
  console.log(render(judged));
  console.log(
    `\n${where.environment}, waiting ${where.waiting}, isolation ${where.isolation}${options.storage === "opfs" ? ", files in OPFS" : ""}${options.tab === "follower" ? ", from a follower" : ""}${options.sqliteStorage === "opfs" ? ", databases in OPFS" : ""}, ${sums.skipped} skipped, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  console.log(`${sums.passed} passed, ${sums.failed} failed`);
  return sums.failed > 0 ? 1 : 0;
}

function select(suites: readonly Suite[], options: RunOptions): Job[] {
  for (const name of options.suites) {
    if (!suites.some((suite) => isNamed(suite, name))) {
      throw new Error(`there is no suite "${name}"; there are: ${suites.map((suite) => suite.file).join(", ")}`);
    }
  }
  return suites
    .filter((suite) => options.suites.length === 0 || options.suites.some((name) => isNamed(suite, name)))
    .flatMap((suite) => suite.cases.map((one) => ({ suite: suite.file, case: one })))
    .filter((job) => options.cases.length === 0 || options.cases.includes(job.case.id));
}

const isNamed = (suite: Suite, name: string) => suite.file === name || suite.title === name;

async function reportStale(copy: string): Promise<void> {
  const stale = await staleSuites(path.resolve("../shared/conformance"), copy);
  if (stale.length > 0) {
    console.log(
      `note: ../shared/conformance differs from the committed copy in ${stale.join(", ")}; run "npm run conformance:sync"\n`,
    );
  }
}

const options = read(process.argv.slice(2));
if (options === "help") {
  console.log(usage);
} else {
  try {
    process.exitCode = await main(options);
  } catch (thrown) {
    console.error(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    process.exitCode = 2;
  }
}

function read(argv: readonly string[]): RunOptions | "help" {
  try {
    return parseOptions(argv);
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}`);
    process.exit(2);
  }
}
