import { describe, expect, it } from "vitest";
import { VirtualClock } from "./virtual-clock.ts";

describe("VirtualClock", () => {
  it("stands still from its start until it is moved", () => {
    const clock = new VirtualClock(1000);
    expect([clock.now(), clock.now()]).toEqual([1000, 1000]);
    clock.advance(250);
    clock.advance(0);
    expect(clock.now()).toBe(1250);
  });

  it("without a start runs with real time, ahead by what it was moved", () => {
    const clock = new VirtualClock();
    clock.advance(60_000);
    const ahead = clock.now() - Date.now();
    expect(ahead).toBeGreaterThan(59_000);
    expect(ahead).toBeLessThan(61_000);
  });

  it("refuses to go back", () => {
    const clock = new VirtualClock(0);
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => clock.advance(ms)).toThrow(RangeError);
  });
});
