import type { LogEvent } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type Answer, skillUnderTest } from "./skill-under-test.ts";

export interface TestResult {
  readonly skill: string;
  /** Below the skill's folder. */
  readonly file: string;
  /** Outermost first. */
  readonly name: readonly string[];
  readonly ms: number;
  /** Absent: it passed. */
  readonly failure?: Failure;
  readonly log: readonly LogEvent[];
}

export interface Failure {
  readonly message: string;
  readonly traceback?: string;
}

export interface RunOptions {
  readonly timeoutMs: number;
  /** Part of a full name. */
  readonly filter: string | undefined;
}

export const testFiles = /^tests\/(?:.*\/)?[^/]+\.lua$/;

/** Every test of a skill, one after the other, each in a fresh runtime, so that none sees another's files, databases or clock. */
export async function* runTests(
  skill: string,
  files: ReadonlyMap<string, Uint8Array>,
  options: RunOptions,
): AsyncGenerator<TestResult, void, undefined> {
  for (const [file, bytes] of files) {
    if (!testFiles.test(file)) continue;
    const source = new TextDecoder().decode(bytes);
    const listed = await attempt(skill, files, { file, source }, options.timeoutMs);
    if (listed.failure !== undefined) {
      yield { skill, file, name: ["reading the file"], ...listed, failure: listed.failure };
      continue;
    }
    for (const [at, name] of (listed.tests ?? []).entries()) {
      if (options.filter !== undefined && !name.join(" ").includes(options.filter)) continue;
      const { tests: _, ...ran } = await attempt(skill, files, { file, source, index: at + 1 }, options.timeoutMs);
      yield { skill, file, name, ...ran };
    }
  }
}

interface Attempt extends Answer {
  readonly ms: number;
  readonly log: readonly LogEvent[];
}

async function attempt(
  skill: string,
  files: ReadonlyMap<string, Uint8Array>,
  args: { readonly file: string; readonly source: string; readonly index?: number },
  timeoutMs: number,
): Promise<Attempt> {
  const log: LogEvent[] = [];
  const under = await skillUnderTest(skill, files);
  under.runtime.on("log", (event) => log.push(event));
  const started = performance.now();
  try {
    const answer = await under.ask(args, timeoutMs);
    return { ...answer, ms: performance.now() - started, log };
  } catch (thrown) {
    const { message, luaTraceback } = LuaSkillsError.from(thrown);
    const failure = { message, ...(luaTraceback === undefined ? {} : { traceback: luaTraceback }) };
    return { failure, ms: performance.now() - started, log };
  } finally {
    await under.runtime.close();
  }
}
