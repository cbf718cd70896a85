import { describe, expect, it } from "vitest";
import type { CallResult } from "../contract/contract.ts";
import { replyFrame, replyOf, requestFrame, requestOf } from "./frames.ts";
import type { EngineRequest } from "./ops.ts";
import type { Outcome } from "./outcome.ts";

const result: CallResult = {
  content: "",
  overflowMode: "Page",
  templateHint: "t",
  contentBytes: 0,
  contentLines: 0,
  usage: { ms: 1.5, runMs: 1, waitMs: 0.5, instructions: 3, peakBytes: 65_536, bytesWritten: 9, sqlRows: 2 },
};
const context = { tool_config: { a: 1 } };

describe("frames", () => {
  it.each<EngineRequest>([
    { op: "call", name: "a-b", args: {} },
    { op: "call", name: "", args: { text: "x" }, context, timeoutMs: 0 },
    { op: "fs.write", path: "/a", content: new Uint8Array([1, 2]) },
    { op: "call", name: "a-b", args: {}, modules: { grants: ["a.b"] } as never },
    { op: "flush" },
    { op: "call", name: "a-b", args: {}, context },
    { op: "call", name: "a-b", args: {}, timeoutMs: 5 },
    { op: "call", name: 5, args: {} } as never,
  ])("carry a request: %j", (request) => {
    expect(requestOf(structuredClone(requestFrame(7, request)))).toStrictEqual(request);
    expect(requestFrame(7, request)[0]).toBe(7);
  });

  it("hold a call flat, and everything else as it is", () => {
    const call = { op: "call", name: "a-b", args: { a: 1 } } as const;
    expect(requestFrame(1, { ...call, context, timeoutMs: 5 })).toEqual([1, "a-b", { a: 1 }, context, 5]);
    for (const other of [{ ...call, modules: {} }, { ...call, name: undefined as never }, { op: "flush" } as const]) {
      expect(requestFrame(1, other)).toEqual([1, other]);
    }
    expect(replyFrame(1, "call", { ok: true, value: result })).toHaveLength(12);
    for (const outcome of [
      { ok: true, value: { ...result, hostResult: { kind: "k", payload: null } } },
      { ok: false, error: { code: "lua_error", message: "no" } },
    ] satisfies Outcome[]) {
      expect(replyFrame(1, "call", outcome)).toEqual([1, outcome]);
    }
    expect(replyFrame(1, "help", { ok: true, value: result })).toEqual([1, { ok: true, value: result }]);
  });

  it.each<[EngineRequest["op"], Outcome]>([
    ["call", { ok: true, value: result }],
    ["call", { ok: true, value: { ...result, hostResult: { kind: "k", payload: { a: [1] } } } }],
    ["call", { ok: false, error: { code: "lua_error", message: "no" } }],
    ["runLua", { ok: true, value: "text" }],
    ["flush", { ok: true, value: undefined }],
  ])("carry the reply to %s: %j", (op, outcome) => {
    expect(replyOf(structuredClone(replyFrame(9, op, outcome)))).toEqual(outcome);
    expect(replyFrame(9, op, outcome)[0]).toBe(9);
  });
});
