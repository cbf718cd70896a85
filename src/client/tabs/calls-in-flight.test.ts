import { expect, test } from "vitest";
import { requestFrame } from "../../wire/frames.ts";
import type { EngineRequest } from "../../wire/ops.ts";
import { CallsInFlight } from "./calls-in-flight.ts";

const run: EngineRequest = { op: "runLua", code: "return 1", args: {} };

function inFlight(...requests: EngineRequest[]): CallsInFlight {
  const calls = new CallsInFlight();
  for (const [i, request] of requests.entries()) calls.add(requestFrame(i + 1, request));
  return calls;
}

const errors = (replies: ReturnType<CallsInFlight["lost"]>) =>
  replies.map(([id, outcome]) => [id, (outcome as { error: { code: string; data: unknown } }).error]);

test("what a leader may have begun fails, what it had not begun waits for the next", () => {
  const calls = inFlight(run, run, { op: "call", name: "a-b", args: {} });
  expect([calls.accept(2), calls.accept(9)]).toEqual([true, false]);
  expect(errors(calls.lost())).toMatchObject([[2, { code: "leader_changed", data: { effects: "possible" } }]]);
  expect(calls.waiting().map(([id]) => id)).toEqual([1, 3]);
  expect(calls.lost()).toEqual([]);
});

test("what changes nothing is asked for again, begun or not", () => {
  const calls = inFlight({ op: "fs.read", path: "/a" }, { op: "fs.write", path: "/a", content: new Uint8Array() });
  calls.accept(1);
  calls.accept(2);
  expect(errors(calls.lost())).toMatchObject([[2, { code: "leader_changed" }]]);
  expect(calls.waiting().map(([id]) => id)).toEqual([1]);
});

test("the steps of a job end with the engine that has it", () => {
  for (const [what, effects] of [
    ["check", "none"],
    ["backup", "none"],
    ["restore", "possible"],
  ] as const) {
    const calls = inFlight({ op: "storage.begin", job: { what } });
    expect(calls.answered([1, { ok: true, value: 77 }])).toBe(true);
    calls.add(requestFrame(2, { op: "storage.step", id: 77 }));
    expect(errors(calls.lost())).toMatchObject([[2, { code: "leader_changed", data: { effects } }]]);
  }
});

test("a reply is wanted once", () => {
  const calls = inFlight(run);
  expect(calls.answered([1, { ok: true, value: 1 }])).toBe(true);
  expect(calls.answered([1, { ok: true, value: 1 }])).toBe(false);
  expect(calls.take(1)).toBeUndefined();
});
