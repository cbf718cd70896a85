import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { sleep } from "../base/sleep.ts";
import { LuaSkillsError } from "../errors.ts";
import { type Answer, deafLink, FakeEngine, fakeResult } from "../testing/fake-engine.ts";
import { InlineLink } from "../wire/inline-link.ts";
import { superviseRuntime } from "./supervise.ts";

const atOnce: Answer = (request) => {
  if (request.op === "call" && request.name === "bad") throw new LuaSkillsError("lua_error", "no");
  return request.op === "call" ? fakeResult("ok") : null;
};

async function runtime(answer = atOnce) {
  const links: ReturnType<typeof deafLink>[] = [];
  const { runtime } = await superviseRuntime({}, {}, () => {
    const link = deafLink(new InlineLink(new FakeEngine(answer).boot), true);
    links.push(link);
    return link;
  });
  return { runtime, links };
}
type Runtime = Awaited<ReturnType<typeof runtime>>["runtime"];

const uses: Readonly<Record<string, (runtime: Runtime, signal: AbortSignal) => Promise<unknown>>> = {
  call: (runtime, signal) => runtime.call("a", {}, { signal }),
  "call that fails": (runtime, signal) => runtime.call("bad", {}, { signal }).catch(() => {}),
  runLua: (runtime, signal) => runtime.runLua("return 1", {}, { signal }),
  luaexec: (runtime, signal) => runtime.luaexec({}, { signal }),
  shell: (runtime, signal) => runtime.shell("true", { signal }),
  stream: async (runtime, signal) => {
    for await (const _ of runtime.stream("a", {}, { signal }));
  },
  "stream that is left": async (runtime, signal) => {
    for await (const _ of runtime.stream("a", {}, { signal })) break;
  },
  "stream that fails": async (runtime, signal) => {
    for await (const _ of runtime.stream("bad", {}, { signal }));
  },
};

describe("a signal that serves the calls of a page's life", () => {
  it.each(Object.keys(uses))("keeps no listener of a %s", async (name) => {
    const { runtime: made } = await runtime();
    const { signal } = new AbortController();
    await uses[name]?.(made, signal).catch(() => {});
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it.each(["call", "runLua", "shell", "stream"])(
    "has one listener for any number of a %s at once, and each hears the abort",
    async (name) => {
      const { runtime: made } = await runtime(() => new Promise(() => {}));
      const stop = new AbortController();
      const ended = Array.from({ length: 12 }, () => uses[name]?.(made, stop.signal).catch((error) => error.code));
      // Streams begin a few microtasks later.
      await sleep(0);
      expect(getEventListeners(stop.signal, "abort").length).toBe(1);
      stop.abort();
      expect(await Promise.all(ended)).toEqual(Array.from({ length: 12 }, () => "aborted"));
      expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    },
  );

  it("has one listener for any number of calls that wait for another engine", async () => {
    const { runtime: made, links } = await runtime();
    const { signal } = new AbortController();
    links[0]?.terminate(new LuaSkillsError("worker_crashed", "gone"));
    await Promise.resolve();
    const calls = Array.from({ length: 12 }, () => made.call("a", {}, { signal }));
    expect(getEventListeners(signal, "abort").length).toBe(1);
    await Promise.all(calls);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("keeps no listener of a call that waited for another engine", async () => {
    const { runtime: made, links } = await runtime();
    const { signal } = new AbortController();
    links[0]?.terminate(new LuaSkillsError("worker_crashed", "gone"));
    await Promise.resolve();
    await made.call("a", {}, { signal });
    expect(links).toHaveLength(2);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
