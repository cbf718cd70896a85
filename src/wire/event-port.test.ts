import { afterEach, describe, expect, it, vi } from "vitest";
import { hostToolsCallback } from "../client/host-tools.ts";
import type { HostCallbacks } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { FakeEndpoint } from "../testing/fake-endpoint.ts";
import { EventPort } from "./event-port.ts";

const open: Array<() => void> = [];

// Over a real MessageChannel: what cannot be cloned must fail here as it does in a page.
async function connected(callbacks: HostCallbacks) {
  const { port1, port2 } = new MessageChannel();
  const listener = { event: vi.fn(), registry: vi.fn() };
  const events = new EventPort(port1, callbacks, listener);
  const engine = new FakeEndpoint();
  port2.start();
  await engine.start({ options: {}, callbacks: [], wasm: {} }, port2);
  open.push(() => port1.close());
  return { engine, events, listener };
}

afterEach(() => {
  for (const close of open.splice(0)) close();
});

describe("EventPort", () => {
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
    const { engine, events } = await connected({
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
    events.close();
    expect(signals[1]?.aborted).toBe(true);
  });

  it("hands events and registry snapshots on, with the request they belong to", async () => {
    const { engine, listener } = await connected({});
    engine.emit("log", { level: "info", message: "hi" }, 7);
    engine.announce(["a"]);
    await vi.waitFor(() => expect(listener.registry).toHaveBeenCalled());
    expect(listener.event).toHaveBeenCalledWith({ name: "log", event: { level: "info", message: "hi" } }, 7);
  });
});
