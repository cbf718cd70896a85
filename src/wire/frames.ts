/**
 * Requests and replies as they cross to a worker: arrays, and a call and its result flat in them. Structured clone writes
 * and reads the member names of every object, which is a tenth of the whole way of a short call.
 * @module
 */
import type { CallResult } from "../contract/contract.ts";
import type { EngineRequest, Outcome } from "./protocol.ts";

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
  instructions: number,
  peakBytes: number,
];
export type ReplyFrame = ResultFrame | readonly [id: number, outcome: Outcome];

export function requestFrame(id: number, request: EngineRequest): RequestFrame {
  return request.op === "call" ? [id, request.name, request.args, request.context, request.timeoutMs] : [id, request];
}

export function requestOf(frame: RequestFrame): EngineRequest {
  if (!isCall(frame)) return frame[1];
  const [, name, args, context, timeoutMs] = frame;
  return {
    op: "call",
    name,
    args,
    ...(context === undefined ? {} : { context }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

export function replyFrame(id: number, op: EngineRequest["op"], outcome: Outcome): ReplyFrame {
  if (op !== "call" || !outcome.ok) return [id, outcome];
  const result = outcome.value as CallResult;
  if (result.hostResult !== undefined) return [id, outcome];
  const { content, overflowMode, templateHint, contentBytes, contentLines, usage } = result;
  const { ms, instructions, peakBytes } = usage;
  return [id, content, overflowMode, templateHint, contentBytes, contentLines, ms, instructions, peakBytes];
}

export function outcomeOf(frame: ReplyFrame): Outcome {
  if (!isResult(frame)) return frame[1];
  const [, content, overflowMode, templateHint, contentBytes, contentLines, ms, instructions, peakBytes] = frame;
  const usage = { ms, instructions, peakBytes };
  return { ok: true, value: { content, overflowMode, templateHint, contentBytes, contentLines, usage } };
}

const isCall = (frame: RequestFrame): frame is CallFrame => typeof frame[1] === "string";
const isResult = (frame: ReplyFrame): frame is ResultFrame => typeof frame[1] === "string";
