import { describe, expect, it } from "vitest";
import { RunState } from "./run-state.ts";

const start = (timeoutMs: number, instructions = 0) =>
  RunState.start({ timeoutMs, instructions, runMs: 0, outputBytes: 10 });
/** A part of a run whose code has begun. */
function partOf(outer: RunState, timeoutMs: number): RunState {
  const part = outer.derive({ limit: { timeoutMs, message: "own limit" } });
  part.begins();
  return part;
}

describe("the state of a run", () => {
  it("has the earlier of both deadlines when it is part of another, with the text of that one", () => {
    const outer = start(1_000);
    expect(outer.timeoutMessage).toBe("time limit of 1000 ms exceeded");
    const longer = partOf(outer, 600_000);
    expect([longer.deadline, longer.timeoutMessage]).toEqual([outer.deadline, outer.timeoutMessage]);
    const shorter = partOf(outer, 10);
    expect(shorter.deadline).toBeLessThan(outer.deadline);
    expect(shorter.timeoutMessage).toBe("own limit");
    expect(shorter.derive({}).deadline).toBe(shorter.deadline);
  });

  it("does not count the time before its code begins against its own limit, nor twice", async () => {
    const outer = start(600_000);
    const part = outer.derive({ limit: { timeoutMs: 1_000, message: "own limit" } });
    expect([part.deadline, part.timeoutMessage]).toEqual([outer.deadline, outer.timeoutMessage]);
    part.begins();
    const { deadline } = part;
    expect(deadline).toBeLessThan(outer.deadline);
    await new Promise((resolve) => setTimeout(resolve, 5));
    part.begins();
    expect([part.deadline, part.timeoutMessage]).toEqual([deadline, "own limit"]);
  });

  it("has no limit for 0, and is late by a millisecond rather than endless", () => {
    expect(start(0).timeLeft).toBe(Number.POSITIVE_INFINITY);
    expect(start(0).instructionsLeft).toBe(Number.POSITIVE_INFINITY);
    expect(start(1e-9).timeLeft).toBe(1);
  });

  it("counts instructions and memory of all its parts together", () => {
    const outer = start(0, 100);
    const inner = outer.derive({ deeper: true });
    inner.count({ ms: 0, runMs: 2, instructions: 30, peakBytes: 7, bytesWritten: 1, sqlRows: 2 });
    outer.count({ ms: 0, runMs: 0, instructions: 50, peakBytes: 5, bytesWritten: 10, sqlRows: 0 });
    expect([outer.instructionsLeft, inner.instructionsLeft]).toEqual([20, 20]);
    expect(outer.usage(3)).toEqual({
      ms: 3,
      runMs: 2,
      waitMs: 1,
      instructions: 80,
      peakBytes: 7,
      bytesWritten: 11,
      sqlRows: 2,
    });
    inner.count({ ms: 0, runMs: 0, instructions: 30, peakBytes: 0, bytesWritten: 0, sqlRows: 0 });
    expect(outer.instructionsLeft).toBe(1);
    expect([outer.depth, inner.depth]).toEqual([0, 1]);
  });

  it("knows which limits end the whole request", () => {
    const whole = start(1_000);
    whole.derive({}).stop("deadline_exceeded");
    expect(whole.stopped).toBe("deadline_exceeded");
    const part = start(1_000);
    partOf(part, 10).stop("deadline_exceeded");
    part.derive({}).stop("memory_exceeded");
    expect(part.stopped).toBeUndefined();
    part.derive({}).stop("aborted");
    part.derive({}).stop("budget_exceeded");
    expect(part.stopped).toBe("aborted");
  });
});
