/**
 * Suites that run unchanged in a page's worker, in Deno and in workerd: `*.suite.ts` files here export `cases`. No DOM, no
 * Node.
 * @module
 */

/** What the host of a suite has ready. */
export interface SuiteAssets {
  readonly environment: "browser" | "deno" | "workerd" | "node";
  /** The shipped lua.wasm. */
  readonly lua: WebAssembly.Module;
  /** wasmoon's untouched module. */
  readonly stock: WebAssembly.Module;
  readonly trampolines: WebAssembly.Module;
  /** The separate longjmp shim for the stock module. */
  readonly shim: WebAssembly.Module;
}

export interface SuiteCase {
  readonly name: string;
  /** @throws when the case fails; {@link Skipped} when the engine cannot do it */
  run(): void | Promise<void>;
}

/** Thrown by a case: what this engine lacks, in words. */
export class Skipped extends Error {
  override readonly name = "Skipped";
}

export interface SuiteFile {
  cases(assets: SuiteAssets): Promise<readonly SuiteCase[]> | readonly SuiteCase[];
}

export interface SuiteResult {
  readonly name: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly detail?: string;
  readonly ms: number;
}

export async function runSuite(file: SuiteFile, assets: SuiteAssets): Promise<SuiteResult[]> {
  const results: SuiteResult[] = [];
  let cases: readonly SuiteCase[];
  try {
    cases = await file.cases(assets);
  } catch (error) {
    return [{ name: "start of the suite", outcome: "failed", detail: describe(error), ms: 0 }];
  }
  for (const { name, run } of cases) {
    const started = performance.now();
    const end = (outcome: SuiteResult["outcome"], detail?: string) =>
      results.push({ name, outcome, ms: Math.round(performance.now() - started), ...(detail ? { detail } : {}) });
    try {
      await run();
      end("passed");
    } catch (error) {
      if (error instanceof Skipped) end("skipped", error.message);
      else end("failed", describe(error));
    }
  }
  return results;
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);
