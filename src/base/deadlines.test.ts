import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadlines } from "./deadlines.ts";

describe("Deadlines", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("rings each at its time, whatever order they came in", () => {
    const deadlines = new Deadlines();
    const rung: string[] = [];
    deadlines.add(300, () => rung.push("late"));
    deadlines.add(100, () => rung.push("early"));
    deadlines.add(200, () => rung.push("middle"));
    vi.advanceTimersByTime(150);
    expect(rung).toEqual(["early"]);
    vi.advanceTimersByTime(60);
    expect(rung).toEqual(["early", "middle"]);
    vi.advanceTimersByTime(100);
    expect(rung).toEqual(["early", "middle", "late"]);
  });

  it("leaves the timer standing for calls that end in time, and needs one for all", () => {
    const deadlines = new Deadlines();
    const due = vi.fn();
    for (let i = 0; i < 100; i++) {
      deadlines.add(60_000, due)();
      vi.advanceTimersByTime(1);
    }
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(120_000);
    expect(due).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes deadlines longer than a timer can be, and none that was added while others ring is lost", () => {
    const deadlines = new Deadlines();
    const rung: string[] = [];
    const month = 30 * 24 * 3600 * 1000;
    deadlines.add(month, () => rung.push("month"));
    deadlines.add(10, () => deadlines.add(10, () => rung.push("nested")));
    vi.advanceTimersByTime(30);
    expect(rung).toEqual(["nested"]);
    vi.advanceTimersByTime(month - 100);
    expect(rung).toEqual(["nested"]);
    vi.advanceTimersByTime(100);
    expect(rung).toEqual(["nested", "month"]);
  });
});
