import type { Deadlines } from "../base/deadlines.ts";
import { onAbort } from "../base/on-abort.ts";
import type { Grants, JsonObject, SkillGrants } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { EngineRequest } from "../wire/ops.ts";

/** Milliseconds a call may take that brings no time of its own, whichever skill it is of; 0: no limit. */
export function longestCall({ callTimeoutMs }: Limits, grants: Grants = {}): number {
  const own = Object.values(grants).map((each) => (each as SkillGrants).limits?.callTimeoutMs ?? callTimeoutMs);
  return own.includes(0) ? 0 : Math.max(callTimeoutMs, ...own);
}

/** Why a call is stopped from outside. */
export interface StopCause {
  readonly code: "deadline_exceeded" | "aborted";
  readonly message: string;
  readonly data?: JsonObject;
}

/** Milliseconds the engine's own guard may need to end a run after its deadline. */
const guardToleranceMs = 50;
const luaexecTimeoutMs = 60_000;

/** Milliseconds after which the engine itself should have ended the request; undefined when it may run for ever. */
function deadlineOf(request: EngineRequest, callTimeoutMs: number): number | undefined {
  switch (request.op) {
    case "call":
    case "runLua":
      return (request.timeoutMs ?? callTimeoutMs) || undefined;
    case "luaexec":
      return lower(askedMs(request.request) ?? luaexecTimeoutMs, callTimeoutMs);
    case "json":
      return lower(askedMs(request.params) ?? (runs.test(String(request.method)) ? callTimeoutMs : 0), callTimeoutMs);
    default:
      return undefined;
  }
}

/** Methods of the JSON API that run code; of the others, which may load packages, those are watched that bring a time. */
const runs = /call_skill|run_lua|lease_eval/;

function lower(asked: number, callTimeoutMs: number): number | undefined {
  return (callTimeoutMs ? Math.min(asked, callTimeoutMs) : asked) || undefined;
}

/** Undefined: none of its own. What is no object at all is the engine's to refuse. */
function askedMs(params: JsonObject | null | undefined): number | undefined {
  const value = params?.timeout_ms;
  return typeof value === "number" && value > 0 ? value : undefined;
}

/**
 * Runs `stop` once: when the deadline of a request has passed without a reply, or when its signal fires.
 * The returned function ends the watch.
 */
export function watchCall(
  deadlines: Deadlines,
  request: EngineRequest,
  signal: AbortSignal | undefined,
  callTimeoutMs: number,
  stop: (cause: StopCause) => void,
): () => void {
  const deadlineMs = deadlineOf(request, callTimeoutMs);
  if (deadlineMs === undefined && !signal) return () => {};
  const onDeadline = () => {
    end();
    // In the engine's words (engine/calls/explain.ts): it makes no difference who noticed first.
    const limit = deadlineMs === callTimeoutMs ? "callTimeoutMs" : "timeoutMs" in request ? "timeoutMs" : "timeout_ms";
    const advice =
      limit === "callTimeoutMs"
        ? "raise it with createRuntime({ limits: { callTimeoutMs } })"
        : `give the call a longer ${limit}`;
    stop({
      code: "deadline_exceeded",
      message: `time limit of ${deadlineMs} ms exceeded: the limit is ${limit} = ${deadlineMs} ms; ${advice}`,
      data: { limit, limitValue: deadlineMs ?? 0 },
    });
  };
  const forget = deadlineMs === undefined ? undefined : deadlines.add(deadlineMs + guardToleranceMs, onDeadline);
  const deafen = onAbort(signal, () => {
    end();
    stop({ code: "aborted", message: abortText(signal) });
  });
  const end = () => {
    forget?.();
    deafen();
  };
  return end;
}

function abortText(signal: AbortSignal | undefined): string {
  const reason: unknown = signal?.reason;
  const text = reason instanceof Error ? reason.message : reason === undefined ? "" : String(reason);
  return text === "" ? "the call was aborted" : `the call was aborted: ${text}`;
}

/** @throws LuaSkillsError `aborted` */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new LuaSkillsError("aborted", abortText(signal), { cause: signal.reason });
}
