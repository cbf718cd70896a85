import type { Case } from "./case-format.ts";
import { CaseRuntime } from "./case-runtime.ts";
import { compareError } from "./matchers.ts";
import type { ConformancePlatform } from "./platform.ts";
import { runStep, type StartedSteps } from "./steps.ts";

/** What became of one case. `detail` says why it did not pass. */
export interface Outcome {
  readonly status: "passed" | "failed" | "skipped";
  readonly detail?: string;
  /** Milliseconds. */
  readonly ms: number;
}

/** Runs one case on a fresh runtime. Never throws; a hang is the caller's to notice. */
export async function runCase(
  platform: ConformancePlatform,
  testCase: Case,
  isolation: "skill" | "shared",
): Promise<Outcome> {
  const lacking = testCase.requires.filter((label) => !platform.capabilities.has(label));
  if (lacking.length > 0) {
    return { status: "skipped", detail: `needs ${lacking.join(", ")}, which this environment does not have`, ms: 0 };
  }
  const started = performance.now();
  const problem = await attempt(platform, testCase, isolation);
  const ms = performance.now() - started;
  return problem === undefined ? { status: "passed", ms } : { status: "failed", detail: problem, ms };
}

async function attempt(
  platform: ConformancePlatform,
  testCase: Case,
  isolation: "skill" | "shared",
): Promise<string | undefined> {
  const runtime = new CaseRuntime(platform, testCase, isolation);
  try {
    const problem = await create(runtime, testCase);
    if (problem !== undefined) return problem;
    const started: StartedSteps = new Map();
    for (const [index, step] of testCase.steps.entries()) {
      const difference = await runStep(runtime, step, started);
      if (difference !== undefined) return `step ${index + 1}: ${difference}`;
    }
    if (started.size > 0) return `${[...started.keys()].join(", ")} was started and never finished`;
    await runtime.close();
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  } finally {
    // A second close reports nothing new: the first failure is already the case's outcome.
    await runtime.close().catch(() => {});
  }
}

async function create(runtime: CaseRuntime, testCase: Case): Promise<string | undefined> {
  const expected = testCase.setup.expect_create_error;
  try {
    await runtime.start();
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    if (expected === undefined) return `creation failed: ${thrown instanceof Error ? thrown.stack : message}`;
    const mismatch = compareError(expected, message);
    return mismatch && `creation failed with another text: expected ${mismatch.expected}, got ${mismatch.actual}`;
  }
  return expected === undefined
    ? undefined
    : `creation succeeded, but the case expects the error ${JSON.stringify(expected)}`;
}
