import { describe, expect, it, vi } from "vitest";
import { forRequest } from "../base/request-of.ts";
import type { HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { AskedCallbacks } from "./asked-callbacks.ts";
import { HostCallbackRunner, registeredCallbacks } from "./host-callbacks.ts";
import type { CallbackAbort, CallbackMessage, CallbackResult, HostCallbackName } from "./protocol.ts";

type Asked = (request: unknown, context: { signal?: AbortSignal; skill?: string | null }) => Promise<unknown>;
const never = () => new Promise<never>(() => {});

describe("callbacks at the engine's end", () => {
  const asking = (names: readonly HostCallbackName[] = ["llm", "fetch"]) => {
    const posted: Array<CallbackMessage | CallbackAbort> = [];
    const callbacks = new AskedCallbacks((message) => posted.push(message));
    const functions = callbacks.functions(names) as unknown as Record<string, Asked>;
    return { posted, callbacks, functions };
  };
  const { signal } = new AbortController();

  it("are there for those the host has", () => {
    expect(Object.keys(asking(["embed", "llm"]).functions)).toEqual(["embed", "llm"]);
  });

  it("ask with an id each, and take the answer with theirs", async () => {
    const { posted, callbacks, functions } = asking();
    const first = functions.llm?.({ user: "a" }, { signal });
    const second = functions.llm?.({ user: "b" }, { signal });
    expect(posted).toEqual([
      { type: "callback", id: 1, name: "llm", request: { user: "a" } },
      { type: "callback", id: 2, name: "llm", request: { user: "b" } },
    ]);
    callbacks.settle({ type: "callback-result", id: 2, outcome: { ok: true, value: "B" } });
    callbacks.settle({
      type: "callback-result",
      id: 1,
      outcome: { ok: false, error: { code: "permission_denied", message: "no" } },
    });
    callbacks.settle({ type: "callback-result", id: 9, outcome: { ok: true, value: "nobody's" } });
    await expect(second).resolves.toBe("B");
    await expect(first).rejects.toMatchObject({ code: "permission_denied", message: "no" });
  });

  it("say whose call asks and for which request, as far as there is one", () => {
    const { posted, functions } = asking();
    const asked = { type: "callback", name: "llm", request: {} };
    for (const skill of ["notes", null]) void functions.llm?.({}, { signal, skill });
    for (const id of [-3, 0]) void functions.llm?.({}, { signal: forRequest(new AbortController().signal, id) });
    void functions.llm?.({}, {});
    expect(posted).toStrictEqual([
      { ...asked, id: 1, skill: "notes" },
      { ...asked, id: 2, skill: null },
      { ...asked, id: 3, requestId: -3 },
      { ...asked, id: 4, requestId: 0 },
      { ...asked, id: 5 },
    ]);
  });

  it("send a request of the network without its signal", () => {
    const { posted, functions } = asking();
    void functions.fetch?.("https://h.example/", { method: "GET", headers: {}, signal } as never);
    expect(posted).toEqual([
      { type: "callback", id: 1, name: "fetch", request: { url: "https://h.example/", method: "GET", headers: {} } },
    ]);
  });

  it("are given up by their signal, once, and an answer that comes late is nobody's", async () => {
    const { posted, callbacks, functions } = asking();
    const controller = new AbortController();
    const pending = functions.llm?.({}, { signal: controller.signal });
    controller.abort(new LuaSkillsError("deadline_exceeded", "too late"));
    await expect(pending).rejects.toMatchObject({ code: "deadline_exceeded", message: "too late" });
    callbacks.settle({ type: "callback-result", id: 1, outcome: { ok: true, value: 1 } });
    expect(posted.map(({ type }) => type)).toEqual(["callback", "callback-abort"]);
  });

  it("are asked and given up at once when the signal has fired before", async () => {
    const { posted, functions } = asking();
    const pending = functions.llm?.({}, { signal: AbortSignal.abort(new Error("left")) });
    await expect(pending).rejects.toMatchObject({ code: "aborted", message: "left" });
    expect(posted).toEqual([
      { type: "callback", id: 1, name: "llm", request: {} },
      { type: "callback-abort", id: 1 },
    ]);
  });

  it("leave no listener on a signal when they are answered", async () => {
    const { callbacks, functions } = asking();
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, "addEventListener");
    const removed = vi.spyOn(controller.signal, "removeEventListener");
    const pending = functions.llm?.({}, { signal: controller.signal });
    callbacks.settle({ type: "callback-result", id: 1, outcome: { ok: true, value: 1 } });
    await pending;
    expect(removed.mock.calls[0]).toEqual(added.mock.calls[0]);
  });

  it("fail when the runtime is closed", async () => {
    const { callbacks, functions } = asking();
    const pending = functions.llm?.({}, { signal });
    callbacks.close();
    await expect(pending).rejects.toMatchObject({ code: "runtime_closed" });
  });
});

describe("callbacks at the page's end", () => {
  const running = (callbacks: HostCallbacks, answer = vi.fn<(result: CallbackResult) => void>()) => ({
    answer,
    runner: new HostCallbackRunner(callbacks, answer),
  });
  const ask = (name: HostCallbackName, request: unknown = {}, id = 1): CallbackMessage => ({
    type: "callback",
    id,
    name,
    request,
  });
  const result = async (callbacks: HostCallbacks, message: CallbackMessage) => {
    const { answer, runner } = running(callbacks);
    await runner.run(message);
    return answer.mock.calls[0]?.[0].outcome;
  };

  it("are registered by name", () => {
    expect(registeredCallbacks({ llm: () => null, fetch: never, embed: undefined })).toEqual(["llm", "fetch"]);
    expect(registeredCallbacks({})).toEqual([]);
  });

  it("get what was asked, and answer with the id", async () => {
    const { answer, runner } = running({ llm: ({ user }) => `${user}!` });
    await runner.run(ask("llm", { user: "hi" }, 7));
    expect(answer.mock.calls).toEqual([[{ type: "callback-result", id: 7, outcome: { ok: true, value: "hi!" } }]]);
  });

  it("hear whose call asks, as far as there is one", async () => {
    const contexts: object[] = [];
    const { runner } = running({ llm: (_request, context) => void contexts.push(context) as never });
    for (const skill of ["notes", null, undefined]) await runner.run({ ...ask("llm"), skill });
    const signal = expect.any(AbortSignal);
    expect(contexts).toStrictEqual([{ signal, skill: "notes" }, { signal, skill: null }, { signal }]);
  });

  it("get an address and the rest of a network request", async () => {
    const fetch = vi.fn(async () => ({ status: 204, headers: {}, body: new Uint8Array(0) }));
    const outcome = await result(
      { fetch },
      ask("fetch", { url: "https://h.example/", method: "GET", headers: { a: "b" } }),
    );
    expect(outcome).toMatchObject({ ok: true, value: { status: 204 } });
    expect(fetch).toHaveBeenCalledWith("https://h.example/", {
      method: "GET",
      headers: { a: "b" },
      signal: expect.any(AbortSignal),
    });
  });

  it("that nobody gave are an error of ours", async () => {
    expect(await result({}, ask("llm"))).toMatchObject({
      ok: false,
      error: { code: "internal", message: expect.stringContaining("llm") },
    });
  });

  it.each<[unknown, object]>([
    [new LuaSkillsError("not_found", "gone"), { code: "not_found", message: "gone" }],
    [new Error("plain"), { code: "internal", message: "plain" }],
    ["text", { code: "internal", message: "text" }],
    [null, { code: "internal" }],
    [{ message: "no code" }, { code: "internal" }],
    [{ code: "quota" }, { code: "internal", message: "the host callback failed", data: { code: "quota" } }],
    [
      { code: "quota", message: "m", status: 429, ok: false, nested: {}, none: null },
      { code: "internal", message: "m", data: { code: "quota", message: "m", status: 429, ok: false } },
    ],
  ])("that throw %j become data", async (thrown, error) => {
    const llm = () => {
      throw thrown;
    };
    const outcome = await result({ llm }, ask("llm"));
    expect(outcome).toMatchObject({ ok: false, error });
    if (outcome?.ok === false && "data" in error) expect(outcome.error.data).toEqual(error.data);
  });

  it("that throw keep where they threw, for the log: what is no error of ours", async () => {
    const error = Object.assign(new Error("plain"), { stack: "Error: plain\n  at host" });
    const dataOf = async (thrown: unknown) => {
      const outcome = await result({ llm: () => Promise.reject(thrown) }, ask("llm"));
      return outcome?.ok === false ? outcome.error.data : undefined;
    };
    expect(await dataOf(error)).toStrictEqual({ stack: error.stack });
    expect(await dataOf(new LuaSkillsError("not_found", "gone", { data: { a: 1 } }))).toStrictEqual({ a: 1 });
    expect((await dataOf("text"))?.stack).toBeUndefined();
    expect(await dataOf(Object.assign(new Error("bare"), { stack: undefined }))).toBeUndefined();
  });

  it("answer with another error when their value cannot cross", async () => {
    const answer = vi.fn<(result: CallbackResult) => void>().mockImplementationOnce(() => {
      throw new Error("not cloneable");
    });
    await running({ llm: () => null }, answer).runner.run(ask("llm"));
    expect(answer.mock.calls[1]?.[0]).toMatchObject({
      id: 1,
      outcome: { ok: false, error: { code: "invalid_result", message: expect.stringContaining("not cloneable") } },
    });
  });

  it("hear that their call was stopped, only theirs, and that the engine is gone", async () => {
    const signals: AbortSignal[] = [];
    const { answer, runner } = running({
      llm: (_request, { signal }) => {
        signals.push(signal);
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve(null)));
      },
    });
    const runs = [runner.run(ask("llm", {}, 1)), runner.run(ask("llm", {}, 2))];
    runner.abort({ type: "callback-abort", id: 1 });
    runner.abort({ type: "callback-abort", id: 9 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(signals[0]?.reason).toMatchObject({ code: "aborted", message: expect.stringContaining("was stopped") });
    runner.close();
    expect(signals[1]?.reason).toMatchObject({ code: "aborted", message: expect.stringContaining("is gone") });
    await Promise.all(runs);
    expect(answer).not.toHaveBeenCalled();
  });
});
