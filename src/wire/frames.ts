/**
 * Requests and replies as they cross to a worker: arrays, and a call and its result flat in them. Structured clone writes
 * and reads the member names of every object, which is a tenth of the whole way of a short call.
 * @module
 */
import type { CallResult } from "../contract/contract.ts";
import type { EngineRequest, Op } from "./ops.ts";
import type { Outcome } from "./outcome.ts";

type CallRequest = Extract<EngineRequest, { op: "call" }>;

type CallFrame = readonly [
  id: number,
  name: string,
  args: CallRequest["args"],
  context: CallRequest["context"],
  timeoutMs: number | undefined,
];
export type RequestFrame = CallFrame | readonly [id: number, request: EngineRequest];

type ResultFrame = readonly [
  id: number,
  content: string,
  overflowMode: CallResult["overflowMode"],
  templateHint: CallResult["templateHint"],
  contentBytes: number,
  contentLines: number,
  ms: number,
  runMs: number,
  instructions: number,
  peakBytes: number,
  bytesWritten: number,
  sqlRows: number,
];
export type ReplyFrame = ResultFrame | readonly [id: number, outcome: Outcome];

export function requestFrame(id: number, request: EngineRequest): RequestFrame {
  // What few calls have stays in the request as it is; a call without a name comes from a peer that says anything.
  if (request.op !== "call" || request.modules || typeof request.name !== "string") return [id, request];
  return [id, request.name, request.args, request.context, request.timeoutMs];
}

export function requestOf(frame: RequestFrame): EngineRequest {
  if (!isCall(frame)) return frame[1];
  const [, name, args, context, timeoutMs] = frame;
  // Two spreads would cost more than all the rest of this file.
  if (context === undefined && timeoutMs === undefined) return { op: "call", name, args };
  if (context === undefined) return { op: "call", name, args, timeoutMs };
  return timeoutMs === undefined ? { op: "call", name, args, context } : { op: "call", name, args, context, timeoutMs };
}

export function replyFrame(id: number, op: Op, outcome: Outcome): ReplyFrame {
  if (op !== "call" || !outcome.ok) return [id, outcome];
  const result = outcome.value as CallResult;
  if (result.hostResult !== undefined) return [id, outcome];
  const { content, overflowMode, templateHint, contentBytes, contentLines, usage } = result;
  const { ms, runMs, instructions, peakBytes, bytesWritten, sqlRows } = usage;
  return [
    id,
    content,
    overflowMode,
    templateHint,
    contentBytes,
    contentLines,
    ms,
    runMs,
    instructions,
    peakBytes,
    bytesWritten,
    sqlRows,
  ];
}

export function replyOf(frame: ReplyFrame): Outcome {
  if (!isResult(frame)) return frame[1];
  const [, content, overflowMode, templateHint, contentBytes, contentLines, ...used] = frame;
  const [ms, runMs, instructions, peakBytes, bytesWritten, sqlRows] = used;
  const usage = { ms, runMs, waitMs: ms - runMs, instructions, peakBytes, bytesWritten, sqlRows };
  return { ok: true, value: { content, overflowMode, templateHint, contentBytes, contentLines, usage } };
}

const isCall = (frame: RequestFrame): frame is CallFrame => typeof frame[1] === "string";
const isResult = (frame: ReplyFrame): frame is ResultFrame => typeof frame[1] === "string";
