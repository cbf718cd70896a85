/**
 * What a page test (`pages/*.page.ts`) writes with. Results are left on `window.results`; `window.finished` becomes true.
 * Drivers see nothing else: some of them have no console events.
 * @module
 */

export interface PageResult {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** The failure's text, or why it was skipped. */
  readonly detail?: string;
  readonly ms: number;
}

interface Reporting {
  results: PageResult[];
  finished: boolean;
}

const groups: (() => Promise<readonly PageResult[]>)[] = [];
const tests: { name: string; run: () => unknown }[] = [];
const page = globalThis as unknown as Reporting;
page.results = [];
page.finished = false;

class Skip extends Error {}

/** Registers a test; tests of a page run one after the other, in order. */
export function test(name: string, run: () => unknown): void {
  tests.push({ name, run });
}

/** Ends the running test as skipped. Only for what this engine really cannot do; the reason is printed. */
export function skip(reason: string): never {
  throw new Skip(reason);
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Deep equality of plain data, by JSON with bigint and byte arrays marked. */
export function equal(actual: unknown, expected: unknown, message = "values differ"): void {
  const [a, e] = [show(actual), show(expected)];
  if (a !== e) throw new Error(`${message}: got ${a}, expected ${e}`);
}

/** Runs `action`, which must throw, and gives what it threw. */
export async function thrown(action: () => unknown): Promise<Error & { code?: string }> {
  let value: unknown;
  try {
    value = await action();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  throw new Error(`expected an error, got ${show(value)}`);
}

/** Registers a group that runs elsewhere (a worker) and gives its own results. */
export function group(run: () => Promise<readonly PageResult[]>): void {
  groups.push(run);
}

async function runAll(): Promise<void> {
  for (const { name, run } of tests) {
    const started = performance.now();
    const done = (outcome: PageResult["outcome"], detail?: string) =>
      page.results.push({ name, outcome, ms: Math.round(performance.now() - started), ...(detail ? { detail } : {}) });
    try {
      await run();
      done("passed");
    } catch (error) {
      if (error instanceof Skip) done("skipped", error.message);
      else
        done(
          "failed",
          error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error),
        );
    }
  }
  for (const run of groups) {
    const failed = (error: unknown): PageResult[] => [
      { name: "group", outcome: "failed", detail: String(error), ms: 0 },
    ];
    page.results.push(...(await run().catch(failed)));
  }
  page.finished = true;
}

const show = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return `${item}n`;
    if (item instanceof Uint8Array) return `bytes:${[...item].join(",")}`;
    if (item === undefined) return "undefined";
    if (typeof item === "number" && (!Number.isFinite(item) || Object.is(item, -0)))
      return `number:${Object.is(item, -0) ? "-0" : item}`;
    return item;
  });

globalThis.addEventListener("unhandledrejection", (event) => {
  page.results.push({ name: "unhandled rejection", outcome: "failed", detail: String(event.reason), ms: 0 });
});
// The test module registers everything while it is evaluated.
setTimeout(() => void runAll(), 0);
