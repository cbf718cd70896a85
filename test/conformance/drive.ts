import type { Case } from "./case-format.ts";
import type { Outcome } from "./executor.ts";

/** A place cases run in, one at a time: a worker thread, a page's worker, a process. Killed when a case hangs. */
export interface Lane {
  run(testCase: Case): Promise<Outcome>;
  /** Ends it whatever it is doing. Idempotent. */
  kill(): Promise<void>;
}

export interface DriveOptions {
  /** Milliseconds one case may take. */
  readonly limitMs: number;
  /** Lanes at the same time. */
  readonly lanes: number;
}

/** Runs every case and tells `done` as each ends. A case over its limit fails, and its lane is replaced. */
export async function drive<T extends { readonly case: Case }>(
  jobs: readonly T[],
  openLane: () => Promise<Lane>,
  options: DriveOptions,
  done: (job: T, outcome: Outcome) => void,
): Promise<void> {
  const queue = [...jobs];
  const work = async () => {
    let lane: Lane | undefined;
    try {
      for (let job = queue.shift(); job; job = queue.shift()) {
        lane ??= await openLane();
        const outcome = await withLimit(lane.run(job.case), options.limitMs);
        done(job, outcome.result);
        if (outcome.laneLost) {
          await lane.kill();
          lane = undefined;
        }
      }
    } finally {
      await lane?.kill();
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(options.lanes, jobs.length)) }, work));
}

async function withLimit(run: Promise<Outcome>, limitMs: number): Promise<{ result: Outcome; laneLost: boolean }> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const started = performance.now();
  const lost = (detail: string) => ({
    result: { status: "failed" as const, detail, ms: performance.now() - started },
    laneLost: true,
  });
  const late = new Promise<ReturnType<typeof lost>>((resolve) => {
    timer = setTimeout(() => resolve(lost(`hung: no end within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([run.then((result) => ({ result, laneLost: false })), late]);
  } catch (thrown) {
    return lost(`the lane broke: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`);
  } finally {
    clearTimeout(timer);
  }
}
