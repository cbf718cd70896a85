import { expect, test, vi } from "vitest";
import type { JsonObject } from "../contract/contract.ts";
import { createEngine } from "../engine/engine.ts";
import { skill, writeFiles } from "../testing/test-engine.ts";
import { testLua } from "../testing/test-wasm.ts";
import { MemoryStore } from "../vfs/memory-store.ts";
import { type ReplyFrame, replyOf, requestFrame } from "./frames.ts";
import { localWire } from "./local-port.ts";
import type { EngineRequest } from "./ops.ts";
import type { Outcome } from "./outcome.ts";
import type { EngineStart, FromEngine } from "./protocol.ts";
import { EngineServer } from "./serve.ts";

const files = skill("demo", {
  echo: 'return function(args) vulcan.runtime.log("info", "hello") return tostring(args.text) end',
  tool: 'return function(args) return vulcan.json.encode(vulcan.host.call("t", args)) end',
});

async function served(start: Partial<EngineStart> = {}) {
  const store = new MemoryStore();
  writeFiles(store, files);
  const lua = await testLua();
  const [page, engine] = localWire();
  const sent: FromEngine[] = [];
  const hear = { message: (_message: FromEngine) => {} };
  page.listen((message) => {
    sent.push(message);
    hear.message(message);
  });
  const server = new EngineServer(engine, ({ options }, wiring) =>
    createEngine({ environment: "node", store, lua, clock: { now: () => Date.now() }, ...wiring }, options),
  );
  const started = await server.start({ options: {}, callbacks: ["hostTool"], wasm: {}, ...start });
  const request = async (id: number, asked: EngineRequest): Promise<Outcome> => {
    page.post(requestFrame(id, asked));
    const isMine = (message: FromEngine) => Array.isArray(message) && message[0] === id;
    await vi.waitFor(() => expect(sent.some(isMine)).toBe(true), { timeout: 10_000 });
    return replyOf(sent.find(isMine) as ReplyFrame);
  };
  return { server, page, sent, hear, started, request };
}

const call = (name: string, args: JsonObject = {}) => ({ op: "call", name, args }) as const;

test("starts once, answers requests, and events name the request they belong to", async () => {
  const { server, sent, started, request } = await served();
  expect(started).toMatchObject({ ok: true, value: { capabilities: { environment: "node" } } });
  expect(await request(7, call("demo-echo", { text: "x" }))).toMatchObject({ ok: true, value: { content: "x" } });
  expect(sent).toContainEqual({
    type: "event",
    name: "log",
    event: { level: "info", message: "[LuaSkill:info] hello" },
    requestId: 7,
  });
  expect(await server.start({ options: {}, callbacks: [], wasm: {} })).toMatchObject({
    ok: false,
    error: { code: "conflict" },
  });
  expect(await server.close()).toEqual({ ok: true, value: undefined });
});

test("errors leave as data", async () => {
  const { request } = await served();
  expect(await request(1, call("demo-nope"))).toMatchObject({ ok: false, error: { code: "entry_not_found" } });
});

test("host callbacks go to the page and their failures keep text and code", async () => {
  const { page, hear, request } = await served();
  hear.message = (message) => {
    if (!("type" in message) || message.type !== "callback") return;
    const { args } = message.request as { args: { fail?: boolean } };
    const outcome = args.fail
      ? ({ ok: false, error: { code: "permission_denied", message: "not today" } } as const)
      : ({ ok: true, value: { seen: args } } as const);
    page.post({ type: "callback-result", id: message.id, outcome });
  };
  expect(await request(1, call("demo-tool", { a: 1 }))).toMatchObject({ value: { content: '{"seen":{"a":1}}' } });
  expect(await request(2, call("demo-tool", { fail: true }))).toMatchObject({
    value: { content: '{"error":{"code":"permission_denied","message":"not today"},"ok":false}' },
  });
});

test("cancel ends the request and tells the callback", async () => {
  const { server, sent, hear, request } = await served();
  const isA = (type: string) => (message: FromEngine) => "type" in message && message.type === type;
  const asked = new Promise<void>((resolve) => {
    hear.message = (message) => isA("callback")(message) && resolve();
  });
  const pending = request(3, call("demo-tool"));
  await asked;
  await server.cancel(3);
  expect(await pending).toMatchObject({ ok: false, error: { code: "aborted" } });
  expect(sent.some(isA("callback-abort"))).toBe(true);
  expect(await request(4, call("demo-echo", { text: "y" }))).toMatchObject({ ok: true });
});

test("a start that fails says why, and closing it afterwards is fine", async () => {
  const { server, started } = await served({ options: { limits: { callDepth: -1 } } });
  expect(started).toMatchObject({ ok: false, error: { code: "invalid_argument" } });
  expect(await server.close()).toMatchObject({ ok: true });
});
