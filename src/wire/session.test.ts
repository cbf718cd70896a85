import { afterEach, describe, expect, it, vi } from "vitest";
import { hostToolsCallback } from "../client/host-tools.ts";
import type { HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { type Answer, FakeEngine } from "../testing/fake-engine.ts";
import { registeredCallbacks } from "./host-callbacks.ts";
import type { EngineLink } from "./link.ts";
import { MessageWire } from "./message-port.ts";
import type { FromEngine, ToEngine } from "./protocol.ts";
import { EngineServer } from "./serve.ts";
import { EngineSession } from "./session.ts";

const open: Array<() => void> = [];

// Over a real MessageChannel: what cannot be cloned must fail here as it does in a page.
async function connected(callbacks: HostCallbacks, answer?: Answer) {
  const { port1, port2 } = new MessageChannel();
  const listener = { event: vi.fn(), registry: vi.fn(), keep: vi.fn() };
  const engine = new FakeEngine(answer);
  const server = new EngineServer(new MessageWire<FromEngine, ToEngine>(port2), engine.boot);
  const link: EngineLink = {
    port: new MessageWire<ToEngine, FromEngine>(port1),
    control: server,
    ready: Promise.resolve(),
    died: new Promise(() => {}),
    terminable: true,
    terminate: () => port1.close(),
  };
  const start = { options: {}, callbacks: registeredCallbacks(callbacks), wasm: {} };
  const { session } = await EngineSession.open(link, start, callbacks, listener);
  open.push(() => port1.close());
  return { engine, session, listener };
}

afterEach(() => {
  for (const close of open.splice(0)) close();
});

describe("EngineSession", () => {
  it("runs an async host tool and answers with its value", async () => {
    const { engine } = await connected({
      hostTool: hostToolsCallback({ add: async ({ a, b }) => Number(a) + Number(b) }),
    });
    const ask = (action: string, tool_name: string | null, args = {}) =>
      engine.callback("hostTool", { action, tool_name, args }).reply;
    await expect(ask("list", null)).resolves.toEqual({ ok: true, value: ["add"] });
    await expect(ask("has", "add")).resolves.toEqual({ ok: true, value: true });
    await expect(ask("has", "constructor")).resolves.toEqual({ ok: true, value: false });
    await expect(ask("call", "add", { a: 2, b: 3 })).resolves.toEqual({ ok: true, value: 5 });
    await expect(ask("call", "nope")).resolves.toMatchObject({ ok: false, error: { code: "not_found" } });
  });

  it("keeps the code of a LuaSkillsError and the facts of a model error", async () => {
    const { engine } = await connected({
      embed: () => {
        throw { code: "provider_error", message: "quota", provider_status: 429 };
      },
      llm: () => {
        throw new LuaSkillsError("permission_denied", "no model for you");
      },
    });
    await expect(engine.callback("embed", {}).reply).resolves.toEqual({
      ok: false,
      error: {
        code: "internal",
        message: "quota",
        data: { code: "provider_error", message: "quota", provider_status: 429 },
      },
    });
    await expect(engine.callback("llm", {}).reply).resolves.toMatchObject({
      error: { code: "permission_denied", message: "no model for you" },
    });
  });

  it("answers with a helpful error when a callback returns what cannot cross", async () => {
    const { engine } = await connected({ llm: () => (() => 1) as never });
    const outcome = await engine.callback("llm", {}).reply;
    expect(outcome).toMatchObject({ ok: false, error: { code: "invalid_result" } });
  });

  it("aborts the signal of one callback, and of all when it closes", async () => {
    const signals: AbortSignal[] = [];
    const { engine, session } = await connected({
      llm: (_request, { signal }) => {
        signals.push(signal);
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    });
    const first = engine.callback("llm", {});
    void engine.callback("llm", {});
    await vi.waitFor(() => expect(signals).toHaveLength(2));
    first.abort();
    await expect(first.reply).resolves.toMatchObject({ ok: false, error: { code: "aborted" } });
    expect(signals[1]?.aborted).toBe(false);
    session.end(() => new LuaSkillsError("runtime_closed", "closed"));
    expect(signals[1]?.aborted).toBe(true);
  });

  it("hands events and registry snapshots on, with the request they belong to", async () => {
    const said = { name: "log", event: { level: "info", message: "hi" } };
    const { engine, session, listener } = await connected({}, (_request, fake, id) => {
      fake.emit("log", { level: "info", message: "hi" }, id);
      return "reply";
    });
    const mine = vi.fn();
    const others = vi.fn();
    const replies = [
      session.request({ op: "flush" }, { onEvent: mine }).reply,
      session.request({ op: "flush" }, { onEvent: others }).reply,
    ];
    await expect(Promise.all(replies)).resolves.toEqual(["reply", "reply"]);
    expect(mine.mock.calls).toEqual([[said]]);
    expect(others.mock.calls).toEqual([[said]]);
    expect(listener.event.mock.calls).toEqual([[said], [said]]);
    engine.announce(["a"]);
    await vi.waitFor(() => expect(listener.registry).toHaveBeenCalled());
  });
});
