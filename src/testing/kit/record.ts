/**
 * A run captured once and run again without its effects.
 * @module
 */
import type { ExecuteOptions, ExecuteResult, TestScheduler } from "./test-scheduler.ts";

export interface RecordedRun {
  readonly source: string;
  readonly options: ExecuteOptions;
  readonly result: ExecuteResult;
  /** The log, as JSON lines. */
  readonly log: string;
}

let last = 0;
const pathOf = (id: string) => `/runtime/workflows/${id}.jsonl`;

/** Runs as a workflow and keeps what its effects answered. */
export async function recordRun(
  scheduler: TestScheduler,
  source: string,
  options: ExecuteOptions = {},
): Promise<RecordedRun> {
  const id = `recorded-${++last}`;
  const result = await scheduler.execute(source, { ...options, kind: "workflow", workflow: { id } });
  const runtime = await scheduler.start();
  return { source, options, result, log: await runtime.fs.readText(pathOf(id)) };
}

/** Runs again from the log alone. @throws Error when the result differs, or an effect is not in the log */
export async function replayRun(
  scheduler: TestScheduler,
  recorded: RecordedRun,
  source = recorded.source,
): Promise<ExecuteResult> {
  const id = `replayed-${++last}`;
  const runtime = await scheduler.start();
  await runtime.fs.write(pathOf(id), recorded.log);
  const result = await scheduler.execute(source, {
    ...recorded.options,
    kind: "workflow",
    workflow: { id, mode: "replay" },
  });
  if (result.error && !recorded.result.error) throw result.error;
  // Byte for byte: the order of keys is a part of it.
  if (JSON.stringify(result.value) !== JSON.stringify(recorded.result.value)) {
    throw new Error(
      `the replay answered ${JSON.stringify(result.value)}, recorded was ${JSON.stringify(recorded.result.value)}`,
    );
  }
  return result;
}
