import { expect, test } from "vitest";
import type { JsonObject } from "../contract/contract.ts";
import { skill, writeFiles } from "../testing/test-engine.ts";
import { testLua } from "../testing/test-wasm.ts";
import { MemoryStore } from "../vfs/memory-store.ts";
import type { EngineMessage, EnginePort, EngineStart, PageMessage } from "../wire/protocol.ts";
import { createInlineEndpoint } from "./endpoint.ts";

const files = skill("demo", {
  echo: 'return function(args) vulcan.runtime.log("info", "hello") return tostring(args.text) end',
  tool: 'return function(args) return vulcan.json.encode(vulcan.host.call("t", args)) end',
});

class TestPort implements EnginePort {
  readonly sent: EngineMessage[] = [];
  readonly #listeners = new Set<(event: { readonly data: unknown }) => void>();
  /** What the page does with a message. */
  onMessage: (message: EngineMessage) => void = () => {};

  postMessage(message: EngineMessage | PageMessage): void {
    this.sent.push(message as EngineMessage);
    this.onMessage(message as EngineMessage);
  }
  addEventListener(_type: "message", listener: (event: { readonly data: unknown }) => void): void {
    this.#listeners.add(listener);
  }
  removeEventListener(_type: "message", listener: (event: { readonly data: unknown }) => void): void {
    this.#listeners.delete(listener);
  }
  answer(message: PageMessage): void {
    for (const listener of this.#listeners) listener({ data: message });
  }
}

async function endpoint(port: TestPort, start: Partial<EngineStart> = {}) {
  const store = new MemoryStore();
  writeFiles(store, files);
  const made = createInlineEndpoint(async (_start, wiring) => ({
    environment: "node",
    store,
    lua: await testLua(),
    clock: { now: () => Date.now() },
    ...wiring,
  }));
  const started = await made.start({ options: {}, callbacks: ["hostTool"], wasm: {}, ...start }, port);
  return { made, started };
}

const call = (name: string, args: JsonObject = {}) => ({ op: "call", name, args }) as const;

test("starts once, answers requests, and events name the request they belong to", async () => {
  const port = new TestPort();
  const { made, started } = await endpoint(port);
  expect(started).toMatchObject({ ok: true, value: { capabilities: { environment: "node" } } });
  expect(await made.request(7, call("demo-echo", { text: "x" }))).toMatchObject({ ok: true, value: { content: "x" } });
  expect(port.sent).toContainEqual({
    type: "event",
    name: "log",
    event: { level: "info", message: "[LuaSkill:info] hello" },
    requestId: 7,
  });
  expect(await made.start({ options: {}, callbacks: [], wasm: {} }, port)).toMatchObject({
    ok: false,
    error: { code: "conflict" },
  });
  expect(await made.close()).toEqual({ ok: true, value: undefined });
});

test("errors leave as data", async () => {
  const { made } = await endpoint(new TestPort());
  expect(await made.request(1, call("demo-nope"))).toMatchObject({ ok: false, error: { code: "entry_not_found" } });
});

test("host callbacks go to the page and their failures keep text and code", async () => {
  const port = new TestPort();
  const { made } = await endpoint(port);
  port.onMessage = (message) => {
    if (message.type !== "callback") return;
    const { args } = message.request as { args: { fail?: boolean } };
    const outcome = args.fail
      ? ({ ok: false, error: { code: "permission_denied", message: "not today" } } as const)
      : ({ ok: true, value: { seen: args } } as const);
    port.answer({ type: "callback-result", id: message.id, outcome });
  };
  expect(await made.request(1, call("demo-tool", { a: 1 }))).toMatchObject({ value: { content: '{"seen":{"a":1}}' } });
  expect(await made.request(2, call("demo-tool", { fail: true }))).toMatchObject({
    value: { content: '{"error":{"code":"host_tool_callback_error","message":"not today"},"ok":false}' },
  });
});

test("cancel ends the request and tells the callback", async () => {
  const port = new TestPort();
  const { made } = await endpoint(port);
  const asked = new Promise<void>((resolve) => {
    port.onMessage = (message) => message.type === "callback" && resolve();
  });
  const pending = made.request(3, call("demo-tool"));
  await asked;
  made.cancel(3);
  expect(await pending).toMatchObject({ ok: false, error: { code: "aborted" } });
  expect(port.sent.some((message) => message.type === "callback-abort")).toBe(true);
  expect(await made.request(4, call("demo-echo", { text: "y" }))).toMatchObject({ ok: true });
});

test("a start that fails says why, and closing it afterwards is fine", async () => {
  const { made, started } = await endpoint(new TestPort(), { options: { limits: { callDepth: -1 } } });
  expect(started).toMatchObject({ ok: false, error: { code: "invalid_argument" } });
  expect(await made.close()).toMatchObject({ ok: true });
});
