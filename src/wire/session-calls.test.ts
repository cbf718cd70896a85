import { describe, expect, it, vi } from "vitest";
import { LuaSkillsError } from "../errors.ts";
import { FakeEngine } from "../testing/fake-engine.ts";
import type { EngineLink } from "./link.ts";
import { localWire } from "./local-port.ts";
import { EngineServer } from "./serve.ts";
import { EngineSession } from "./session.ts";

const start = { options: {}, callbacks: [], wasm: {} };
const flush = { op: "flush" } as const;
const closed = () => new LuaSkillsError("runtime_closed", "closed");

function linked(more: Partial<EngineLink> = {}, engine = new FakeEngine(() => new Promise(() => {}))) {
  const [page, port] = localWire();
  const server = new EngineServer(port, engine.boot);
  const terminate = vi.fn();
  const link: EngineLink = {
    port: page,
    control: server,
    ready: Promise.resolve(),
    died: new Promise(() => {}),
    terminable: true,
    terminate,
    ...more,
  };
  const listener = { event: vi.fn(), registry: vi.fn(), keep: vi.fn() };
  return { engine, server, link, terminate, listener, port };
}
const opened = async (...given: Parameters<typeof linked>) => {
  const all = linked(...given);
  return { ...all, ...(await EngineSession.open(all.link, start, {}, all.listener)) };
};

describe("opening a session", () => {
  it("gives what the engine said at its start", async () => {
    const { capabilities, snapshot } = await opened();
    expect([capabilities.environment, snapshot]).toEqual(["browser", { entries: [], problems: [] }]);
  });

  it.each<[string, () => Partial<EngineLink>, object]>([
    [
      "whose code does not come up",
      () => ({ ready: Promise.reject(new LuaSkillsError("worker_unavailable", "no")) }),
      { code: "worker_unavailable" },
    ],
    [
      "that dies before it is ready",
      () => ({ ready: new Promise(() => {}), died: Promise.resolve(new LuaSkillsError("worker_crashed", "dead")) }),
      { code: "worker_crashed", message: "dead" },
    ],
    [
      "that dies while it starts",
      () => ({
        control: {
          start: () => new Promise(() => {}),
          cancel: async () => {},
          close: async () => ({ ok: true, value: undefined }),
        },
        died: Promise.resolve(new LuaSkillsError("worker_crashed", "dead")),
      }),
      { code: "worker_crashed" },
    ],
    [
      "that refuses to start",
      () => ({
        control: {
          start: async () => ({ ok: false, error: { code: "storage_in_use", message: "taken" } }),
          cancel: async () => {},
          close: async () => ({ ok: true, value: undefined }),
        },
      }),
      { code: "storage_in_use", message: "taken" },
    ],
  ])("fails for an engine %s, which is terminated", async (_, more, error) => {
    const { link, terminate, listener } = linked(more());
    await expect(EngineSession.open(link, start, {}, listener)).rejects.toMatchObject(error);
    expect(terminate).toHaveBeenCalledWith(expect.objectContaining({ code: (error as { code: string }).code }));
  });
});

describe("calls in flight", () => {
  it("are numbered, fail one by one, and what comes late is dropped", async () => {
    const { session, engine, port } = await opened();
    const [one, two] = [session.request(flush), session.request(flush)];
    expect([one.id, two.id]).toEqual([1, 2]);
    session.fail(one.id, new LuaSkillsError("deadline_exceeded", "late"));
    await expect(one.reply).rejects.toMatchObject({ code: "deadline_exceeded" });
    session.fail(99, closed());
    port.post([one.id, { ok: true, value: "late" }]);
    port.post([two.id, { ok: true, value: "in time" }]);
    await expect(two.reply).resolves.toBe("in time");
    expect(engine.requests).toHaveLength(2);
  });

  it("fail all at once, with an error each", async () => {
    const { session } = await opened();
    const replies = [session.request(flush), session.request(flush)].map(({ reply }) => reply.catch((e: unknown) => e));
    session.failAll(closed);
    const [one, two] = await Promise.all(replies);
    expect(one).toMatchObject({ code: "runtime_closed" });
    expect(one).not.toBe(two);
  });

  it("end with the engine, which is terminated and not heard any more", async () => {
    const { session, terminate, listener, port } = await opened();
    const { reply } = session.request(flush);
    session.end(closed);
    await expect(reply).rejects.toMatchObject({ code: "runtime_closed" });
    expect(terminate).toHaveBeenCalledWith(expect.objectContaining({ code: "runtime_closed" }));
    port.post({ type: "registry", snapshot: { entries: [], problems: [] } });
    await Promise.resolve();
    expect(listener.registry).not.toHaveBeenCalled();
  });

  it("that cannot be sent say what to pass instead", async () => {
    const post = vi.fn(() => {
      throw new DOMException("a function could not be cloned", "DataCloneError");
    });
    const { session, link } = await opened();
    vi.spyOn(link.port, "post").mockImplementation(post);
    await expect(session.request(flush).reply).rejects.toMatchObject({
      code: "invalid_argument",
      message: "the arguments of flush cannot be sent to the engine: a function could not be cloned; pass JSON values",
    });
    post.mockImplementation(() => {
      throw new Error("port is gone");
    });
    await expect(session.request(flush).reply).rejects.toMatchObject({ code: "internal", message: "port is gone" });
  });

  it("get their own events, and none after their reply", async () => {
    const { session, engine, listener, port } = await opened();
    const heard = vi.fn();
    const { id, reply } = session.request(flush, { onEvent: heard });
    engine.emit("log", { level: "info", message: "mine" }, id);
    engine.emit("log", { level: "info", message: "nobody's" });
    engine.emit("log", { level: "info", message: "another's" }, id + 1);
    port.post([id, { ok: true, value: null }]);
    await reply;
    engine.emit("log", { level: "info", message: "late" }, id);
    await Promise.resolve();
    expect(heard.mock.calls.map(([{ event }]) => event.message)).toEqual(["mine"]);
    expect(listener.event).toHaveBeenCalledTimes(4);
  });

  it("with callbacks of somebody else ask these while they run, and nobody afterwards", async () => {
    const own = vi.fn(() => "the host's");
    const { link, listener, engine } = linked();
    const { session } = await EngineSession.open(link, { ...start, callbacks: ["llm"] }, { llm: own }, listener);
    const { id, reply } = session.request(flush, { callbacks: { llm: () => "the guest's" } });
    expect(id).toBe(-1);
    const other = session.request(flush);
    expect(other.id).toBe(2);
    const ask = (requestId: number) => engine.callback("llm", {}, requestId).reply;
    await expect(ask(id)).resolves.toEqual({ ok: true, value: "the guest's" });
    session.fail(id, closed());
    await expect(reply).rejects.toMatchObject({ code: "runtime_closed" });
    await expect(ask(id)).resolves.toMatchObject({ ok: false, error: { code: "internal" } });
    expect(own).not.toHaveBeenCalled();
    await expect(ask(2)).resolves.toEqual({ ok: true, value: "the host's" });
    session.fail(other.id, closed());
    await expect(other.reply).rejects.toMatchObject({ code: "runtime_closed" });
  });

  it("that listen to nothing do not mind their events", async () => {
    const { session, engine, listener } = await opened();
    const { id, reply } = session.request(flush);
    reply.catch(() => {});
    engine.emit("log", { level: "info", message: "a" }, id);
    await Promise.resolve();
    expect(listener.event).toHaveBeenCalledOnce();
    session.end(closed);
  });
});
