import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LuaSkillsError } from "../errors.ts";
import { FakeEngine } from "../testing/fake-engine.ts";
import { requestFrame } from "./frames.ts";
import { InlineLink } from "./inline-link.ts";
import { localWire } from "./local-port.ts";
import type { EnginePort } from "./port.ts";
import type { FromEngine } from "./protocol.ts";
import { EngineServer } from "./serve.ts";
import { serveWorker } from "./serve-worker.ts";
import { ThreadLink } from "./thread-link.ts";

const start = { options: {}, callbacks: [], wasm: {} };

describe("the engine's end", () => {
  const served = (answer?: unknown) => {
    const [page, port] = localWire();
    const posted = vi.fn(port.post.bind(port));
    const engine = new FakeEngine(() => answer);
    const server = new EngineServer({ ...wired(port), post: posted as EnginePort["post"] }, engine.boot);
    return { page, posted, engine, server };
  };
  const wired = (port: EnginePort): EnginePort => ({
    post: (...message) => port.post(...message),
    listen: (hear) => port.listen(hear),
    close: () => port.close(),
  });

  it("answers what comes before its start", async () => {
    const { page, posted } = served();
    page.post([1, { op: "flush" }]);
    await vi.waitFor(() => expect(posted).toHaveBeenCalled());
    expect(posted.mock.calls[0]?.[0]).toMatchObject([
      1,
      { ok: false, error: { code: "internal", message: "a request arrived before the engine was started" } },
    ]);
  });

  it("can be stopped and closed before it was started", async () => {
    const { server } = served();
    await expect(server.cancel(1)).resolves.toBeUndefined();
    await expect(server.close()).resolves.toEqual({ ok: true, value: undefined });
  });

  it("takes nothing for an answer of a callback but that", async () => {
    const { page, server, engine } = served();
    await server.start({ ...start, callbacks: ["llm"] });
    const { reply } = engine.callback("llm", {});
    page.post({ type: "go", id: 1 });
    page.post({ type: "callback-result", id: 1, outcome: { ok: true, value: "answer" } });
    await expect(reply).resolves.toEqual({ ok: true, value: "answer" });
  });

  it.each<[string, unknown, boolean]>([
    ["bytes of their own", new Uint8Array(4), true],
    ["bytes of a larger buffer", new Uint8Array(new ArrayBuffer(8), 0, 4), false],
    ["bytes that others see too", new Uint8Array(new SharedArrayBuffer(4)), false],
    ["text", "abcd", false],
    ["nothing", undefined, false],
  ])("moves %s", async (_, value, moved) => {
    const { page, posted, server } = served(value);
    await server.start(start);
    page.post([1, { op: "fs.readBytes", path: "/a" } as never]);
    await vi.waitFor(() => expect(posted).toHaveBeenCalled());
    expect(posted.mock.calls[0]?.[1]).toEqual(moved ? [(value as Uint8Array).buffer] : []);
  });

  it("names a request in an event only when it belongs to one", async () => {
    const { posted, server, engine } = served();
    await server.start(start);
    engine.emit("log", { level: "info", message: "a" });
    engine.emit("log", { level: "info", message: "b" }, 0);
    const event = { type: "event", name: "log" };
    expect(posted.mock.calls.map(([message]) => message)).toStrictEqual([
      { ...event, event: { level: "info", message: "a" } },
      { ...event, event: { level: "info", message: "b" }, requestId: 0 },
    ]);
  });
});

describe("a link to an engine in the same thread", () => {
  it("cannot end it from outside: it lets go of it, with the reason", async () => {
    const engine = new FakeEngine();
    const link = new InlineLink(engine.boot);
    expect(link.terminable).toBe(false);
    await link.ready;
    await link.control.start(start);
    const heard = vi.fn();
    link.port.listen(heard);
    const reason = new LuaSkillsError("runtime_closed", "closed");
    link.terminate(reason);
    link.terminate(new LuaSkillsError("internal", "again"));
    await expect(link.died).resolves.toBe(reason);
    engine.emit("log", { level: "info", message: "a" });
    await Promise.resolve();
    expect(heard).not.toHaveBeenCalled();
  });
});

describe("a worker's scope", () => {
  it("waits for the hello, and takes it once", () => {
    const scope = new EventTarget();
    const boot = vi.fn();
    serveWorker(boot, scope as never);
    const { port1, port2 } = new MessageChannel();
    const hello = { type: "luaskills-hello" };
    const say = (data: unknown) => scope.dispatchEvent(new MessageEvent("message", { data }));
    for (const other of [undefined, null, {}, { port: port2 }, { hello: { type: "other" }, port: port2 }]) say(other);
    expect(boot).not.toHaveBeenCalled();
    say({ hello, port: port2 });
    say({ hello, port: port2 });
    expect(boot).toHaveBeenCalledOnce();
    port1.close();
    port2.close();
  });

  it("serves on its own messages when no port comes with the hello", async () => {
    const posted = vi.fn();
    const scope = Object.assign(new EventTarget(), { postMessage: posted });
    serveWorker(() => new FakeEngine(() => "reply").boot, scope as never);
    const say = (data: unknown) => scope.dispatchEvent(new MessageEvent("message", { data }));
    say({ hello: { type: "luaskills-hello" } });
    await vi.waitFor(() => expect(posted).toHaveBeenCalledWith({ type: "ready" }, undefined));
    say(requestFrame(7, { op: "flush" }));
    await vi.waitFor(() => expect(posted).toHaveBeenCalledWith([7, expect.objectContaining({ ok: false })], []));
  });
});

describe("a worker's life", () => {
  const said = (locks: { request(name: string, held: () => unknown): Promise<unknown> }) => {
    vi.stubGlobal("navigator", { locks });
    onTestFinished(() => void vi.unstubAllGlobals());
    const posted = vi.fn();
    const scope = Object.assign(new EventTarget(), { postMessage: posted });
    serveWorker(() => new FakeEngine(() => "reply").boot, scope as never);
    scope.dispatchEvent(new MessageEvent("message", { data: { hello: { type: "luaskills-hello" } } }));
    return posted;
  };

  it("is a lock that is held before the worker is ready: no death after that goes unheard", async () => {
    const asked: { name: string; held: () => unknown }[] = [];
    const posted = said({
      request: (name, held) => {
        asked.push({ name, held });
        return new Promise(() => {});
      },
    });
    await new Promise((resolve) => setTimeout(resolve));
    expect(posted).not.toHaveBeenCalled();
    const [lock] = asked;
    expect(lock?.held()).toBeInstanceOf(Promise);
    await vi.waitFor(() => expect(posted).toHaveBeenCalledWith({ type: "ready", lock: lock?.name }, undefined));
  });

  it("is not watched where locks are refused", async () => {
    const posted = said({ request: async () => Promise.reject(new DOMException("opaque origin", "SecurityError")) });
    await vi.waitFor(() => expect(posted).toHaveBeenCalledWith({ type: "ready" }, undefined));
  });
});

describe("a link to a thread", () => {
  class TestLink extends ThreadLink {
    readonly end = vi.fn();
    constructor(port: MessagePort) {
      super({ port: port as never, handshakeMs: 600_000, noSign: vi.fn(), beforeStart: async () => {} });
    }
  }

  it("is ready when the thread says so, and not by another message", async () => {
    const { port1, port2 } = new MessageChannel();
    const link = new TestLink(port1);
    expect(link.terminable).toBe(true);
    const order: string[] = [];
    void link.ready.then(() => order.push("ready"));
    link.port.listen((message) => void order.push("type" in message ? message.type : "reply"));
    for (const message of [{ type: "alive" }, [1, { ok: true, value: 1 }], { type: "ready" }] as FromEngine[]) {
      port2.postMessage(message);
    }
    await link.ready;
    await vi.waitFor(() => expect(order).toHaveLength(4));
    expect(order.indexOf("ready")).toBeGreaterThan(order.indexOf("reply"));
    port1.close();
    port2.close();
  });
});
