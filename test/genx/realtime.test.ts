import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import {
  type Agent,
  type AgentEvent,
  createGenx,
  fakeRealtime,
  geminiRealtime,
  openAiRealtime,
  type RealtimeSocket,
} from "../../src/genx/index.ts";
import { scriptRuntime } from "./genx-vm.ts";

const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

interface Fake {
  readonly url: string;
  readonly frames: Record<string, unknown>[];
  send(frame: object): void;
  drop(): void;
}

/** A local realtime model: it answers what it is told to. */
async function fakeServer(
  answer: (frame: Record<string, unknown>, send: (frame: object) => void) => void = () => {},
): Promise<Fake> {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  const frames: Record<string, unknown>[] = [];
  let socket: WebSocket | undefined;
  const send = (frame: object) => socket?.send(JSON.stringify(frame));
  server.on("connection", (connected) => {
    socket = connected;
    connected.on("message", (data) => {
      const frame = JSON.parse(String(data));
      frames.push(frame);
      answer(frame, send);
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    frames,
    send,
    drop: () => socket?.terminate(),
  };
}

const connect = (url: string, protocols: readonly string[]): RealtimeSocket =>
  new WebSocket(url, [...protocols]) as unknown as RealtimeSocket;

async function agentOf(fake: Fake, adapter = openAiRealtime(), tools: object[] = []): Promise<Agent> {
  const genx = createGenx({ realtime: { live: { url: fake.url, adapter, connect } } });
  genx.attach(await scriptRuntime(genx.commands));
  return genx.createAgent({ type: "realtime", name: "voice", model: "live", prompt: "Listen.", tools: tools as never });
}

async function until(agent: Agent, type: string): Promise<AgentEvent[]> {
  const events = [];
  for (;;) {
    const event = await agent.next();
    events.push(event);
    if (event.type === type) return events;
  }
}

describe("OpenAI's realtime events", () => {
  it("carry a turn of text, with audio and transcript", async () => {
    const fake = await fakeServer((frame, send) => {
      if (frame.type !== "response.create") return;
      send({ type: "response.output_text.delta", delta: "Hel" });
      send({ type: "response.text.delta", delta: "lo" });
      send({ type: "response.output_audio.delta", delta: "AQI=", item_id: "i1" });
      send({ type: "response.audio_transcript.delta", delta: "hello" });
      send({ type: "response.done" });
    });
    const agent = await agentOf(fake);
    await agent.input("Hi");
    const events = await until(agent, "eof");
    expect(events).toMatchObject([
      { type: "chunk", chunk: { part: { value: "Hel" } } },
      { type: "chunk", chunk: { part: { value: "lo" } } },
      { type: "chunk", chunk: { part: { type: "blob", data: new Uint8Array([1, 2]), mimeType: "audio/pcm" } } },
      { type: "chunk", chunk: { part: { value: "hello" }, transcript: "model" } },
      { type: "eof", phase: "" },
    ]);
    expect(fake.frames.map(({ type }) => type)).toEqual([
      "session.update",
      "conversation.item.create",
      "response.create",
    ]);
    expect(fake.frames[0]).toMatchObject({ session: { instructions: "Listen." } });
    await agent.close();
  });

  it("carry audio of the user, and what was understood", async () => {
    const fake = await fakeServer((frame, send) => {
      if (frame.type === "input_audio_buffer.commit") {
        send({ type: "conversation.item.input_audio_transcription.completed", transcript: "open the door" });
      }
      if (frame.type === "response.create") send({ type: "response.done" });
    });
    const agent = await agentOf(fake);
    await agent.input({ type: "blob", data: new Uint8Array([1, 2, 3]), mimeType: "audio/pcm" });
    await agent.input({
      part: { type: "blob", data: new Uint8Array([4]), mimeType: "audio/pcm" },
      isEos: true,
    } as never);
    const events = await until(agent, "eof");
    expect(events[0]).toMatchObject({ chunk: { part: { value: "open the door" }, transcript: "user" } });
    expect(fake.frames.slice(1).map(({ type, audio }) => audio ?? type)).toEqual([
      "AQID",
      "BA==",
      "input_audio_buffer.commit",
      "response.create",
    ]);
    await agent.close();
  });

  it("are interrupted, once, and the session stays", async () => {
    const fake = await fakeServer((frame, send) => {
      if (frame.type === "response.create") {
        for (let i = 0; i < 5; i++) send({ type: "response.audio.delta", delta: "AQ==", item_id: "i7" });
      }
    });
    const agent = await agentOf(fake);
    await agent.input("Sing");
    expect((await agent.next()).type).toBe("chunk");
    await agent.interrupt();
    const after = await agent.next();
    expect(after).toMatchObject({ type: "interrupted", resumable: true });
    await vi.waitFor(() => expect(fake.frames.map(({ type }) => type)).toContain("response.cancel"));
    expect(fake.frames).toContainEqual(expect.objectContaining({ type: "conversation.item.truncate", item_id: "i7" }));
    fake.send({ type: "response.text.delta", delta: "again" });
    expect(await agent.next()).toMatchObject({ type: "chunk", chunk: { part: { value: "again" } } });
    fake.send({ type: "input_audio_buffer.speech_started" });
    expect(await agent.next()).toMatchObject({ type: "interrupted", resumable: true });
    await agent.close();
  });

  it("call tools", async () => {
    const fake = await fakeServer((frame, send) => {
      if (frame.type === "response.create" && fake.frames.length < 5) {
        send({ type: "response.function_call_arguments.done", call_id: "c1", name: "double", arguments: '{"n":4}' });
      } else if (frame.type === "response.create") send({ type: "response.done" });
    });
    const agent = await agentOf(fake, openAiRealtime(), [
      { name: "double", params: { n: { type: "number" } }, lua: "function invoke(ctx, a) return a.n * 2 end" },
    ]);
    await agent.input("Double four");
    const events = await until(agent, "eof");
    expect(events.map(({ type }) => type)).toEqual(["tool_start", "tool_done", "eof"]);
    expect(fake.frames).toContainEqual({
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: "c1", output: "8" },
    });
    await agent.close();
  });

  it("end with the socket: an error, then closed", async () => {
    const fake = await fakeServer();
    const agent = await agentOf(fake);
    await agent.input("Hi");
    await vi.waitFor(() => expect(fake.frames.length).toBeGreaterThan(1));
    fake.drop();
    expect((await until(agent, "closed")).map(({ type }) => type)).toEqual(["error", "closed"]);
    await expect(agent.input("more")).rejects.toThrow("agent: closed");
  });

  it("report errors and frames that cannot be read, and go on", async () => {
    const fake = await fakeServer();
    const agent = await agentOf(fake);
    await agent.input("Hi");
    await vi.waitFor(() => expect(fake.frames.length).toBeGreaterThan(1));
    fake.send({ type: "error", error: { message: "too fast" } });
    expect(await agent.next()).toMatchObject({ type: "error", error: { message: "realtime: too fast" } });
    fake.send({ type: "response.done" });
    expect((await agent.next()).type).toBe("eof");
    await agent.close();
  });
});

it("Gemini's live events are read and written", () => {
  const adapter = geminiRealtime();
  const frame = (value: object) => adapter.decode(JSON.stringify(value));
  expect(frame({ setupComplete: {} })).toEqual([{ type: "ready" }]);
  expect(
    frame({
      serverContent: {
        modelTurn: { parts: [{ text: "a" }, { inlineData: { data: "AQ==", mimeType: "audio/pcm" } }] },
        turnComplete: true,
      },
    }),
  ).toEqual([
    { type: "text", text: "a" },
    { type: "audio", audio: new Uint8Array([1]), mimeType: "audio/pcm" },
    { type: "done" },
  ]);
  expect(frame({ toolCall: { functionCalls: [{ id: "1", name: "f", args: { a: 1 } }] } })).toEqual([
    { type: "tool_call", id: "1", name: "f", args: '{"a":1}' },
  ]);
  expect(frame({ serverContent: { interrupted: true } })).toEqual([{ type: "speech_started" }]);
  expect(adapter.encode({ part: { type: "text", value: "hi" } }).map((each) => JSON.parse(String(each)))).toEqual([
    { clientContent: { turns: [{ role: "user", parts: [{ text: "hi" }] }], turnComplete: true } },
  ]);
});

it("a key in a page is refused unless it is allowed", async () => {
  const fake = await fakeServer();
  const genx = createGenx({
    realtime: {
      live: { url: fake.url, adapter: fakeRealtime(), connect, key: "sk-1" },
      open: { url: fake.url, adapter: fakeRealtime(), connect, key: "sk-1", dangerouslyAllowBrowserKey: true },
    },
  });
  genx.attach(await scriptRuntime(genx.commands));
  vi.stubGlobal("document", {});
  try {
    const refused = await genx.createAgent({ type: "realtime", name: "v", model: "live" });
    await expect(refused.input("Hi")).rejects.toMatchObject({ code: "permission_denied" });
  } finally {
    vi.unstubAllGlobals();
  }
  await expect(genx.createAgent({ type: "realtime", name: "v", model: "nope" })).rejects.toThrow(
    'no realtime model is called "nope"',
  );
});

it("a script speaks with a realtime model itself", async () => {
  const fake = await fakeServer((frame, send) => {
    if (frame.type === "input") {
      send({ type: "text", text: "one " });
      send({ type: "audio", audio: "AQI=", mimeType: "audio/pcm" });
      send({ type: "text", text: "two" });
      send({ type: "done" });
    }
  });
  const genx = createGenx({ realtime: { live: { url: fake.url, adapter: fakeRealtime(), connect } } });
  genx.attach(await scriptRuntime(genx.commands));
  const agent = await genx.createAgent({
    type: "lua",
    name: "caller",
    lua: `function on_input(ctx, input)
      local session = ctx.realtime.connect("live", { voice = "v" })
      session:send_text(input.text)
      local answer = session:collect_response()
      session:close()
      ctx.emit({ text = answer.text .. #answer.audio })
    end`,
  });
  const events = [];
  for await (const event of agent.run("hi")) events.push(event);
  expect(events[0]).toMatchObject({ chunk: { part: { value: "one two2" } } });
  expect(fake.frames[0]).toMatchObject({ type: "open", model: "live", session: { voice: "v" } });
  await agent.close();
});
