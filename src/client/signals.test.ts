import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { LuaSkillsError } from "../errors.ts";
import { type Answer, deafLink, FakeEngine, fakeResult } from "../testing/fake-engine.ts";
import { InlineLink } from "../wire/inline-link.ts";
import { superviseRuntime } from "./supervise.ts";

const answer: Answer = (request) => {
  if (request.op === "call" && request.name === "bad") throw new LuaSkillsError("lua_error", "no");
  return request.op === "call" ? fakeResult("ok") : null;
};

async function runtime() {
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
