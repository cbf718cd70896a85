import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import type { RuntimeOptions, StreamEvent } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import { createRuntime } from "../platforms/page/create-runtime.ts";
import { type Answer, FakeEngine, fakeResult } from "../testing/fake-engine.ts";
import { InlineLink } from "../wire/inline-link.ts";
import { superviseRuntime } from "./supervise.ts";

const result = fakeResult("ok");

async function runtimeOver(answer: Answer, options: RuntimeOptions = {}) {
  const engine = new FakeEngine(answer);
  return { engine, runtime: (await superviseRuntime(options, {}, () => new InlineLink(engine.boot))).runtime };
}

describe("the runtime facade", () => {
  it("sends a call as data, with its context and time limit", async () => {
    const { runtime, engine } = await runtimeOver(() => result, { limits: { callTimeoutMs: 500 } });
    await runtime.call("a-b", { x: 1 }, { context: { request_context: { session_id: "s" } } });
    await runtime.call("a-b", {}, { timeoutMs: 0 });
    expect(engine.requests).toEqual([
      { op: "call", name: "a-b", args: { x: 1 }, context: { request_context: { session_id: "s" } } },
      { op: "call", name: "a-b", args: {}, timeoutMs: 0 },
    ]);
  });

  it("names a wrong argument instead of sending it", async () => {
    const { runtime, engine } = await runtimeOver(() => result);
    const wrong = { code: "invalid_argument" };
    await expect(runtime.call(1 as never)).rejects.toMatchObject(wrong);
    await expect(runtime.call("a", [] as never)).rejects.toMatchObject({
      ...wrong,
      message: "call(name, args) must be an object, got an array",
    });
    await expect(runtime.call("a", {}, { timeoutMs: -1 })).rejects.toMatchObject(wrong);
    await expect(runtime.runLua(undefined as never)).rejects.toMatchObject(wrong);
    expect(engine.requests).toEqual([]);
  });

  it("streams the log of its own call, then the result", async () => {
    const { runtime } = await runtimeOver((request, engine, id) => {
      if (request.op !== "call") return null;
      engine.emit("log", { level: "info", message: "mine" }, id);
      engine.emit("log", { level: "info", message: "another's" }, id + 1);
      return result;
    });
    const heard: string[] = [];
    runtime.on("log", (event) => heard.push(event.message));
    const events: StreamEvent[] = [];
    for await (const event of runtime.stream("a-b")) events.push(event);
    expect(events).toEqual([
      { type: "log", event: { level: "info", message: "mine" } },
      { type: "result", result },
    ]);
    expect(heard).toEqual(["mine", "another's"]);
  });

  it("aborts the call when a stream is left early, and throws its error when it fails", async () => {
    const { runtime, engine } = await runtimeOver((request, fake, id) => {
      if (request.op === "call" && request.name === "bad") throw new LuaSkillsError("lua_error", "no");
      fake.emit("log", { level: "info", message: "first" }, id);
      return new Promise(() => {});
    });
    for await (const _ of runtime.stream("endless")) break;
    expect(engine.cancelled).toHaveLength(1);
    await expect(runtime.stream("bad")[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "lua_error" });
  });

  it("lets go of the signal of a stream that has ended", async () => {
    const { runtime } = await runtimeOver((request) => (request.op === "call" ? result : null));
    const { signal } = new AbortController();
    for (let n = 0; n < 3; n++)
      for await (const event of runtime.stream("a-b", {}, { signal })) expect(event).toBeDefined();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("offers the files as text and bytes", async () => {
    const { runtime } = await runtimeOver((request) =>
      request.op === "fs.read"
        ? request.path === "/t"
          ? new TextEncoder().encode("grün")
          : new Uint8Array([0xff])
        : null,
    );
    await expect(runtime.fs.readText("/t")).resolves.toBe("grün");
    await expect(runtime.fs.readText("/b")).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(runtime.fs.readBytes("/b")).resolves.toEqual(new Uint8Array([0xff]));
  });

  it("refuses options it does not know, by name", async () => {
    await expect(createRuntime({ storag: { kind: "memory" } } as never)).rejects.toThrow(/option "storag"/);
    await expect(runtimeOver(() => null, { limits: { callTimeout: 1 } as never })).rejects.toThrow(
      /limits.callTimeout/,
    );
    await expect(runtimeOver(() => null, { hostTools: { x: 1 as never } })).rejects.toThrow(/hostTools.x/);
    await expect(runtimeOver(() => null, { hostTools: {}, hostTool: () => null })).rejects.toThrow(/not both/);
  });

  it("says what to do where there is no Worker", async () => {
    await expect(createRuntime()).rejects.toMatchObject({ code: "worker_unavailable" });
  });

  it("is disposable even where the platform has no symbol for it", async () => {
    const { runtime, engine } = await runtimeOver(() => null);
    await runtime[Symbol.asyncDispose]();
    expect(engine.closed).toBe(true);
  });

  it("survives a listener that throws", async () => {
    const { runtime } = await runtimeOver((_request, engine) => engine.emit("log", { level: "info", message: "x" }));
    const report = vi.fn();
    vi.stubGlobal("reportError", report);
    const heard: string[] = [];
    runtime.on("log", () => {
      throw new Error("listener");
    });
    const off = runtime.on("log", (event) => heard.push(event.message));
    await runtime.flush();
    off();
    await runtime.flush();
    expect(heard).toEqual(["x"]);
    expect(report).toHaveBeenCalledTimes(2);
    vi.unstubAllGlobals();
  });
});
