import { getEventListeners } from "node:events";
import { expect, it, vi } from "vitest";
import { CallSignals } from "./call-signals.ts";

it("thousands of calls hear of the end of their run by one listener, the closed ones not at all", async () => {
  const run = new AbortController();
  const signals = new CallSignals();
  const open = Array.from({ length: 3000 }, () => signals.open(run.signal));
  for (const each of open.slice(0, 1000)) signals.close(run.signal, each);
  expect(getEventListeners(run.signal, "abort")).toHaveLength(1);
  run.abort("over");
  await vi.waitUntil(() => open.at(-1)?.signal.aborted);
  expect(open.filter(({ signal }) => signal.aborted)).toHaveLength(2000);
  expect(open.at(-1)?.signal.reason).toBe("over");
});

it("a call of a run that is over is over", () => {
  expect(new CallSignals().open(AbortSignal.abort("before")).signal.reason).toBe("before");
});
