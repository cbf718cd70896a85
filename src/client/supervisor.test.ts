import { afterEach, describe, expect, it, vi } from "vitest";
import type { CallResult } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { resolveLimits } from "../limits.ts";
import { type Answer, deafLink, FakeEngine, fakeResult } from "../testing/fake-engine.ts";
import { InlineLink } from "../wire/inline-link.ts";
import type { EngineEvent } from "../wire/transport.ts";
import { Supervisor } from "./supervisor.ts";

const forever = () => new Promise(() => {});
const call = (name: string, timeoutMs?: number) => ({ op: "call" as const, name, args: {}, timeoutMs });

async function running(
  answer: Answer = () => fakeResult("done"),
  options: { warmSpare?: boolean; terminable?: boolean } = {},
) {
  const engines: FakeEngine[] = [];
  const links: ReturnType<typeof deafLink>[] = [];
  const events: EngineEvent[] = [];
  const ends: string[] = [];
  const supervisor = new Supervisor({
    createLink: () => {
      const engine = new FakeEngine(answer);
      const link = deafLink(new InlineLink(engine.boot), options.terminable);
      engines.push(engine);
      links.push(link);
      return link;
    },
    start: { options: {}, callbacks: [], wasm: {} },
    callbacks: {},
    limits: resolveLimits({ stopGraceMs: 20 }),
    warmSpare: options.warmSpare ?? false,
    spareDelayMs: 1,
    emit: (event) => events.push(event),
    changed: () => {},
    ended: () => ends.push("ended"),
  });
  await supervisor.start();
  return { supervisor, engines, links, events, ends };
}

describe("Supervisor", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("passes replies through and rebuilds errors with code, data and traceback", async () => {
    const { supervisor } = await running((request) => {
      if (request.op !== "call" || request.name === "good") return fakeResult("good");
      throw new LuaSkillsError("lua_error", "boom", { data: { line: 3 }, luaTraceback: "stack traceback:\n\tx.lua:3" });
    });
    await expect(supervisor.request(call("good"))).resolves.toMatchObject({ content: "good" });
    const error = await supervisor.request(call("bad")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LuaSkillsError);
    expect(error).toMatchObject({ code: "lua_error", message: "boom", data: { line: 3 } });
    expect((error as LuaSkillsError).luaTraceback).toContain("x.lua:3");
  });

  it("lets an engine that hears end an aborted call, without replacing it", async () => {
    const { supervisor, engines, events } = await running(forever);
    const controller = new AbortController();
    const pending = supervisor.request(call("slow"), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("user left")), 5);
    await expect(pending).rejects.toMatchObject({ code: "aborted", message: "the call was aborted: user left" });
    expect(engines).toHaveLength(1);
    expect(engines[0]?.cancelled).toHaveLength(1);
    expect(events).toEqual([]);
  });

  it("refuses a call whose signal has fired already, without asking the engine", async () => {
    const { supervisor, engines } = await running();
    const pending = supervisor.request(call("x"), { signal: AbortSignal.abort() });
    await expect(pending).rejects.toMatchObject({ code: "aborted" });
    expect(engines[0]?.requests).toHaveLength(0);
  });

  it("reports a deadline as deadline_exceeded even when the engine only says that it was stopped", async () => {
    const { supervisor, engines } = await running(forever);
    await expect(supervisor.request(call("slow", 10))).rejects.toMatchObject({
      code: "deadline_exceeded",
      message: "time limit of 10 ms exceeded: the limit is timeoutMs = 10 ms; give the call a longer timeoutMs",
      data: { limit: "timeoutMs", limitValue: 10 },
    });
    expect(engines).toHaveLength(1);
  });

  it("replaces an engine that does not hear: the guilty call gets its reason, the others worker_crashed", async () => {
    const { supervisor, links, engines, events } = await running((request) =>
      request.op === "call" && request.name === "ok" ? fakeResult("next") : forever(),
    );
    const bystander = supervisor.request(call("waiting"));
    bystander.catch(() => {});
    const first = links[0];
    if (!first) throw new Error("no link");
    const guilty = supervisor.request(call("stuck", 10));
    first.deaf = true;
    await expect(guilty).rejects.toMatchObject({ code: "deadline_exceeded" });
    await expect(bystander).rejects.toMatchObject({ code: "worker_crashed" });
    expect(first.terminated).toBe(true);
    expect(events).toEqual([{ name: "restart", event: { reason: "deadline_exceeded" } }]);
    await expect(supervisor.request(call("ok"))).resolves.toMatchObject({ content: "next" });
    expect(engines).toHaveLength(2);
  });

  it("keeps an engine that comes to one abort after the other, however many there are", async () => {
    vi.useFakeTimers();
    const { supervisor, links, engines, events } = await running((request) =>
      request.op === "call" && request.name === "ok" ? fakeResult("last") : forever(),
    );
    const [link] = links;
    if (!link) throw new Error("no link");
    const cancel = link.control.cancel;
    let queue: Promise<unknown> = Promise.resolve();
    link.control.cancel = (id) => {
      // A dozen of them take much longer than the grace of one.
      const turn = queue.then(() => new Promise((resolve) => setTimeout(resolve, 10))).then(() => cancel(id));
      queue = turn;
      return turn;
    };
    const controller = new AbortController();
    const slow = Array.from({ length: 12 }, () => supervisor.request(call("slow"), { signal: controller.signal }));
    controller.abort(new Error("enough"));
    const settled = Promise.allSettled([...slow, supervisor.request(call("ok"))]);
    await vi.runAllTimersAsync();
    const outcomes = await settled;
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect([link.terminated, engines.length, events]).toEqual([false, 1, []]);
  });

  it("keeps an engine that cannot be terminated: the guilty call gets its reason, the others go on", async () => {
    const answers: Array<(value: CallResult) => void> = [];
    const { supervisor, links, engines, events } = await running(
      (request) =>
        request.op === "call" && request.name === "waiting"
          ? new Promise((resolve) => {
              answers.push(resolve);
            })
          : forever(),
      { terminable: false, warmSpare: true },
    );
    const bystander = supervisor.request(call("waiting"));
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    const guilty = supervisor.request(call("stuck", 10));
    const [link] = links;
    if (!link) throw new Error("no link");
    link.deaf = true;
    await expect(guilty).rejects.toMatchObject({ code: "deadline_exceeded" });
    answers[0]?.(fakeResult("still here"));
    await expect(bystander).resolves.toMatchObject({ content: "still here" });
    expect([link.terminated, engines.length, events]).toEqual([false, 1, []]);
  });

  it("takes the warm spare when the engine has to be replaced, and makes another", async () => {
    const { supervisor, links, engines } = await running(() => fakeResult("ok"), { warmSpare: true });
    await vi.waitFor(() => expect(engines).toHaveLength(2));
    expect(engines[1]?.started).toBeUndefined();
    const first = links[0];
    if (!first) throw new Error("no link");
    first.deaf = true;
    await supervisor.request(call("stuck", 5)).catch(() => {});
    await expect(supervisor.request(call("ok"))).resolves.toMatchObject({ content: "ok" });
    expect(engines[1]?.started).toBeDefined();
    await vi.waitFor(() => expect(engines).toHaveLength(3));
    await supervisor.close();
    expect(links[2]?.terminated).toBe(true);
  });

  it("fails what is in flight when the engine dies by itself, and goes on with a new one", async () => {
    const { supervisor, links, events } = await running((request) =>
      request.op === "call" && request.name === "ok" ? fakeResult("alive") : forever(),
    );
    const pending = supervisor.request(call("slow"));
    links[0]?.terminate(new LuaSkillsError("worker_crashed", "out of memory"));
    await expect(pending).rejects.toMatchObject({ code: "worker_crashed", message: "out of memory" });
    await expect(supervisor.request(call("ok"))).resolves.toMatchObject({ content: "alive" });
    expect(events).toEqual([{ name: "restart", event: { reason: "worker_crashed" } }]);
  });

  it("fails pending calls with runtime_closed, closes the engine once, and refuses later calls", async () => {
    const { supervisor, engines, links, ends } = await running(forever);
    const pending = supervisor.request(call("slow"));
    const failed = expect(pending).rejects.toMatchObject({ code: "runtime_closed" });
    await Promise.all([supervisor.close(), supervisor.close()]);
    await failed;
    expect(engines[0]?.closed).toBe(true);
    expect(links[0]?.terminated).toBe(true);
    expect(ends).toEqual(["ended"]);
    await expect(supervisor.request(call("x"))).rejects.toMatchObject({ code: "runtime_closed" });
  });

  it("closes an engine that does not hear by terminating it", async () => {
    const { supervisor, links, engines } = await running(forever);
    const link = links[0];
    if (!link) throw new Error("no link");
    link.deaf = true;
    await supervisor.close();
    expect(link.terminated).toBe(true);
    expect(engines[0]?.closed).toBe(false);
  });

  it("keeps the registry as the engine announces it", async () => {
    const { supervisor, engines } = await running((_request, engine) => {
      engine.announce(["notes-add"]);
      return {};
    });
    expect(supervisor.snapshot().entries).toEqual([]);
    await supervisor.request({ op: "skills.reload" });
    expect(supervisor.snapshot().entries.map((entry) => entry.name)).toEqual(["notes-add"]);
    expect(engines).toHaveLength(1);
  });
});
