import { describe, expect, it } from "vitest";
import { RunState } from "./run-state.ts";

const start = (timeoutMs: number, instructions = 0) =>
  RunState.start({ timeoutMs, instructions, runMs: 0, outputBytes: 10 });
const limit = (timeoutMs: number) => ({ limit: { timeoutMs, message: "own limit" } });

describe("the state of a run", () => {
  it("has the earlier of both deadlines when it is part of another, with the text of that one", () => {
    const outer = start(1_000);
    expect(outer.timeoutMessage).toBe("time limit of 1000 ms exceeded");
    const longer = outer.derive(limit(600_000));
    expect([longer.deadline, longer.timeoutMessage]).toEqual([outer.deadline, outer.timeoutMessage]);
    const shorter = outer.derive(limit(10));
    expect(shorter.deadline).toBeLessThan(outer.deadline);
    expect(shorter.timeoutMessage).toBe("own limit");
    expect(shorter.derive({}).deadline).toBe(shorter.deadline);
  });

  it("has no limit for 0, and is late by a millisecond rather than endless", () => {
    expect(start(0).timeLeft).toBe(Number.POSITIVE_INFINITY);
    expect(start(0).instructionsLeft).toBe(Number.POSITIVE_INFINITY);
    expect(start(1e-9).timeLeft).toBe(1);
  });

  it("counts instructions and memory of all its parts together", () => {
    const outer = start(0, 100);
    const inner = outer.derive({ deeper: true });
    inner.count({ ms: 0, runMs: 2, instructions: 30, peakBytes: 7 });
    outer.count({ ms: 0, runMs: 0, instructions: 50, peakBytes: 5 });
    expect([outer.instructionsLeft, inner.instructionsLeft]).toEqual([20, 20]);
    expect(outer.usage(3)).toEqual({ ms: 3, runMs: 2, waitMs: 1, instructions: 80, peakBytes: 7 });
    inner.count({ ms: 0, runMs: 0, instructions: 30, peakBytes: 0 });
    expect(outer.instructionsLeft).toBe(1);
    expect([outer.depth, inner.depth]).toEqual([0, 1]);
  });

  it("knows which limits end the whole request", () => {
    const whole = start(1_000);
    whole.derive({}).stop("deadline_exceeded");
    expect(whole.stopped).toBe("deadline_exceeded");
    const part = start(1_000);
    part.derive(limit(10)).stop("deadline_exceeded");
    part.derive({}).stop("memory_exceeded");
    expect(part.stopped).toBeUndefined();
    part.derive({}).stop("aborted");
    part.derive({}).stop("budget_exceeded");
    expect(part.stopped).toBe("aborted");
  });
});
