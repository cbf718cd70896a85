/**
 * Programs run by a callback of the host (`runProgram`).
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import { onAbort } from "../base/on-abort.ts";
import { forRequest } from "../base/request-of.ts";
import { timerMs } from "../base/timers.ts";
import type { HostCallbacks } from "../contract/contract.ts";
import type { Limits } from "../limits.ts";
import type { ProcessCommand, ProcessContext, ProcessOutcome, ProcessProvider } from "./interface.ts";
import { plainLaunchers } from "./launchers.ts";

type RunProgram = NonNullable<HostCallbacks["runProgram"]>;

export function hostProcesses(
  runProgram: RunProgram,
  { processOutputBytes }: Pick<Limits, "processOutputBytes">,
): ProcessProvider {
  return {
    kind: "host",
    launchers: () => plainLaunchers,
    which: () => undefined,
    open: () => {
      throw new Error("process sessions are not supported by this host");
    },
    close: () => {},
    run: (command, context) => runForHost(runProgram, command, context, processOutputBytes),
  };
}

async function runForHost(
  runProgram: RunProgram,
  { run, cwd, env, stdin, timeoutMs }: ProcessCommand,
  { signal, skillId }: ProcessContext,
  maxBytes: number,
): Promise<ProcessOutcome> {
  const late = new AbortController();
  forRequest(late.signal, signal);
  const abort = () => late.abort(signal.reason);
  const leave = onAbort(signal, abort);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timedOut = new Promise<"late">((resolve) => {
    if (timeoutMs === undefined) return;
    timer = setTimeout(() => {
      // First: the abort makes the callback fail, and the time is what it failed for.
      resolve("late");
      late.abort(new DOMException(`not done within ${timeoutMs} ms`, "TimeoutError"));
    }, timerMs(timeoutMs));
  });
  const request = {
    ...(run.kind === "shell" ? { command: run.command } : { program: run.program, args: run.args }),
    cwd,
    env,
    ...(stdin ? { stdin } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    skillId: skillId ?? null,
  };
  try {
    const result = await Promise.race([runProgram(request, { signal: late.signal }), timedOut]);
    if (result === "late") return { kind: "finished", code: null, stdout: none, stderr: none, timedOut: true };
    const stdout = bytesOf(result.stdout);
    const stderr = bytesOf(result.stderr);
    if (stdout.length + stderr.length > maxBytes) {
      return {
        kind: "failed",
        stage: "wait",
        reason: `more than ${maxBytes} bytes of output (limits.processOutputBytes)`,
      };
    }
    return { kind: "finished", code: result.code, stdout, stderr, timedOut: false };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "failed", stage: "spawn", reason: messageOf(error) };
  } finally {
    clearTimeout(timer);
    leave();
  }
}

const none = new Uint8Array(0);

function bytesOf(output: string | Uint8Array | undefined): Uint8Array {
  return typeof output === "string" ? new TextEncoder().encode(output) : (output ?? none);
}
