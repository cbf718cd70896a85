import { isObject } from "../../base/is-object.ts";
import type { JsonObject } from "../../contract/contract.ts";
import type { EngineRequest } from "../../wire/ops.ts";

/** What one exchange over HTTP may cost. A client may ask for less, never for more. */
export interface HttpLimits {
  /** Bytes of a request body. Default 16 MiB. */
  readonly requestBytes: number;
  /** Values in a request body, the members of objects and arrays. Default 1,000,000. */
  readonly requestValues: number;
  /** Bytes of an answer, all events of its stream included. Default 64 MiB. */
  readonly responseBytes: number;
  /** Bytes of events that wait for a reader; one that does not read is cut off. Default 1 MiB. */
  readonly waitingBytes: number;
  /** Milliseconds a request may run; 0, the default: `limits.callTimeoutMs` of the runtime. */
  readonly requestMs: number;
}

export const defaultHttpLimits: HttpLimits = {
  requestBytes: 16 * 2 ** 20,
  requestValues: 1_000_000,
  responseBytes: 64 * 2 ** 20,
  waitingBytes: 2 ** 20,
  requestMs: 0,
};

/** The request with its time within the host's. Numbers that are none stay: who checks arguments names them. */
export function withinTime(request: EngineRequest, maxMs: number): EngineRequest {
  if (maxMs <= 0) return request;
  switch (request.op) {
    case "call":
    case "runLua":
    case "help":
    case "shell":
      return { ...request, timeoutMs: lowered(request.timeoutMs, maxMs) as number };
    case "luaexec":
      return { ...request, request: timed(request.request, maxMs) };
    case "json":
      return { ...request, params: timed(request.params, maxMs) };
    default:
      return request;
  }
}

function timed(params: JsonObject, maxMs: number): JsonObject {
  return isObject(params) ? { ...params, timeout_ms: lowered(params.timeout_ms, maxMs) as number } : params;
}

/** 0 and Infinity mean "no limit", and nothing means the default: all are more than any limit. */
function lowered(asked: unknown, maxMs: number): unknown {
  if (asked === undefined || asked === null || asked === 0) return maxMs;
  return typeof asked === "number" && asked > maxMs ? maxMs : asked;
}
