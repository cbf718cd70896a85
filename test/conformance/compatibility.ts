import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { loaders } from "../../src/host/bundle/loaders.ts";
import { builtInNames } from "../../src/host/modules/index.ts";
import type { Case, Suite } from "./case-format.ts";
import type { Judged } from "./known-gaps.ts";

/** One finished run as it is kept for docs/compatibility.md. */
export interface RunRecord {
  readonly environment: string;
  readonly waiting: string;
  readonly isolation: string;
  readonly functions: readonly string[];
  readonly suites: Readonly<Record<string, SuiteCount>>;
  /** Cases that did not pass, with the reason. */
  readonly open: ReadonlyArray<{ readonly suite: string; readonly id: string; readonly reason: string }>;
}

interface SuiteCount {
  readonly passed: number;
  readonly total: number;
}

const recordsDir = path.resolve("test/conformance/results");
const page = path.resolve("docs/compatibility.md");

/** Keeps this run's outcomes beside those of other environments and writes the page from all of them. */
export async function writeCompatibility(
  run: Pick<RunRecord, "environment" | "waiting" | "isolation" | "functions"> & { readonly judged: readonly Judged[] },
  suites: readonly Suite[],
): Promise<void> {
  const { judged, ...where } = run;
  const record: RunRecord = {
    ...where,
    suites: Object.fromEntries(suites.map((suite) => [suite.file, count(judged, suite.file)])),
    open: judged
      .filter((one) => one.outcome.status !== "passed")
      .map(({ suite, id, outcome }) => ({ suite, id, reason: firstLine(outcome.detail ?? outcome.status) })),
  };
  await mkdir(recordsDir, { recursive: true });
  const name = `${run.environment}-${run.waiting}-${run.isolation}.json`;
  await writeFile(path.join(recordsDir, name), `${JSON.stringify(record, null, 1)}\n`);
  const files = (await readdir(recordsDir)).filter((file) => file.endsWith(".json")).sort();
  const records = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(path.join(recordsDir, file), "utf8")) as RunRecord),
  );
  await mkdir(path.dirname(page), { recursive: true });
  await writeFile(page, renderPage(records, suites, [...builtInNames, ...loaders.keys()].sort()));
}

/** The whole page as Markdown. */
export function renderPage(
  records: readonly RunRecord[],
  suites: readonly Suite[],
  modules: readonly string[] = [],
): string {
  const heads = records.map((r) => `${r.environment} ${r.waiting}${r.isolation === "shared" ? "" : ` ${r.isolation}`}`);
  const notes = new Map<string, number>();
  const names = [...new Set(records.flatMap((r) => r.functions))].sort();
  const suiteRows = suites.map((suite) => [
    suite.file,
    ...records.map((r) => {
      const sums = r.suites[suite.file];
      return sums
        ? `${sums.passed} / ${sums.total}${noteMarks(
            r.open.filter((open) => open.suite === suite.file),
            notes,
          )}`
        : "not run";
    }),
  ]);
  const functionRows = names.map((name) => {
    const users = casesAbout(name, suites);
    return [`\`${name}\``, ...records.map((r) => functionCell(r, name, users, notes))];
  });
  const moduleRows = modules.map((name) => {
    const users = casesOf(suites, (one) => usesModule(one, name));
    return [`\`${name}\``, ...records.map((r) => judgedCell(r, users, notes))];
  });
  return [
    "# Compatibility",
    "",
    "Written by `npm run conformance -- --write-docs`, one run per column; do not edit by hand. A column is an environment",
    "and the way Lua waits for the host in it: J (the WebAssembly stack is switched) or Y (the Lua coroutine yields).",
    "",
    "## Conformance suites (cases passed / all)",
    "",
    table(["suite", ...heads], suiteRows),
    "",
    "## Functions",
    "",
    "`yes`: there, and every case that uses it passes (those of its namespace's suites, where it has one). `partly`: some of",
    "those cases are open. `open`: all of them are. `there`: no case uses it. `not run`: the column is older than its cases. `no`: not there.",
    "",
    table(["function", ...heads], functionRows),
    "",
    "## Modules",
    "",
    "Host modules (granted by name) and the packages that `require` finds by itself; the same words, judged by the cases that",
    "grant or require one.",
    "",
    table(["module", ...heads], moduleRows),
    "",
    ...(notes.size > 0 ? ["## Notes", "", ...[...notes].map(([text, n]) => `${n}. ${text}`), ""] : []),
  ].join("\n");
}

function functionCell(record: RunRecord, name: string, users: readonly User[], notes: Map<string, number>): string {
  return record.functions.includes(name) ? judgedCell(record, users, notes) : "no";
}

/** A case that says something about a function or a module. */
interface User {
  readonly suite: string;
  readonly id: string;
}

function judgedCell({ suites, open: all }: RunRecord, users: readonly User[], notes: Map<string, number>): string {
  if (users.length === 0) return "there";
  const run = users.filter(({ suite }) => suites[suite] !== undefined);
  if (run.length === 0) return "not run";
  const open = all.filter((one) => run.some(({ suite, id }) => one.suite === suite && one.id === id));
  if (open.length === 0) return "yes";
  return `${open.length < run.length ? "partly" : "open"}${noteMarks(open, notes)}`;
}

/**
 * The cases a function is judged by: those of its namespace's suites (`vulcan-json` for `vulcan.json.encode`) that use it,
 * because elsewhere it is often only a tool of a case about something else. Without such a case, every one that uses it.
 */
function casesAbout(name: string, suites: readonly Suite[]): readonly User[] {
  const namespace = name.split(".")[1] ?? "";
  const using = (among: readonly Suite[]) => casesOf(among, (one) => mentions(one, name));
  const own = using(suites.filter((suite) => suite.file.split("-").includes(namespace)));
  return own.length > 0 ? own : using(suites);
}

const casesOf = (suites: readonly Suite[], wanted: (one: Case) => boolean): readonly User[] =>
  suites.flatMap(({ file, cases }) => cases.filter(wanted).map(({ id }) => ({ suite: file, id })));

/** Footnote numbers of the distinct reasons, e.g. ` [1, 3]`. */
function noteMarks(open: RunRecord["open"], notes: Map<string, number>): string {
  const reasons = new Set(open.map((one) => one.reason));
  const numbers = [...reasons].map((reason) => {
    const number = notes.get(reason) ?? notes.size + 1;
    notes.set(reason, number);
    return number;
  });
  return numbers.length > 0 ? ` [${numbers.sort((a, b) => a - b).join(", ")}]` : "";
}

/** Cases reach functions by their full name or through a local of the namespace. */
function mentions(one: Case, name: string): boolean {
  const text = sourceOf(one);
  const cut = name.lastIndexOf(".");
  const leaf = new RegExp(`\\.${name.slice(cut + 1)}\\b`);
  return text.includes(name) || (text.includes(name.slice(0, cut)) && leaf.test(text));
}

function usesModule(one: Case, name: string): boolean {
  const { modules } = (one.setup.host as { modules?: { grant?: readonly string[] } } | undefined) ?? {};
  return (
    modules?.grant?.includes(name) === true ||
    new RegExp(`require\\W{1,4}${name.replaceAll(".", "\\.")}(?![\\w.])`).test(sourceOf(one))
  );
}

const sources = new WeakMap<Case, string>();
function sourceOf(one: Case): string {
  const known = sources.get(one);
  if (known !== undefined) return known;
  const text = JSON.stringify([one.steps, one.setup.files]);
  sources.set(one, text);
  return text;
}

function count(judged: readonly Judged[], suite: string): SuiteCount {
  const own = judged.filter((one) => one.suite === suite);
  return { passed: own.filter((one) => one.outcome.status === "passed").length, total: own.length };
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const firstLine = (text: string) => text.split("\n", 1)[0]?.slice(0, 200) ?? "";
