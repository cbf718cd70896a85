import { getEventListeners } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { onAbort } from "./on-abort.ts";

test("a signal has one listener for all who wait, and none when nobody does", () => {
  const { signal } = new AbortController();
  const leave = Array.from({ length: 30 }, () => onAbort(signal, () => {}));
  expect(getEventListeners(signal, "abort").length).toBe(1);
  for (const each of leave) each();
  for (const each of leave) each();
  expect(getEventListeners(signal, "abort").length).toBe(0);
  onAbort(undefined, () => {})();
});

test("an abort tells each who waits, once for every time it was asked, and nobody who has left", () => {
  const stop = new AbortController();
  const heard: string[] = [];
  const twice = () => heard.push("twice");
  onAbort(stop.signal, twice);
  onAbort(stop.signal, twice);
  onAbort(stop.signal, () => heard.push("left"))();
  onAbort(stop.signal, () => last());
  const last = onAbort(stop.signal, () => heard.push("left while it fires"));
  stop.abort();
  expect(heard).toEqual(["twice", "twice"]);
});

test("one who fails keeps nobody else from hearing, and is told as the platform tells it", () => {
  const told: (() => void)[] = [];
  vi.stubGlobal("queueMicrotask", (task: () => void) => void told.push(task));
  onTestFinished(() => void vi.unstubAllGlobals());
  const stop = new AbortController();
  const heard: string[] = [];
  onAbort(stop.signal, () => {
    throw new Error("mine");
  });
  onAbort(stop.signal, () => heard.push("after it"));
  stop.abort();
  expect(heard).toEqual(["after it"]);
  expect(told).toHaveLength(1);
  expect(told[0]).toThrow("mine");
});
