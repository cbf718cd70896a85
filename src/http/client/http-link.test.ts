import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeWire, type RemoteLine, type RemoteStart, remotePaths } from "../wire.ts";
import { connectRuntime } from "./connect-runtime.ts";

const entry = (name: string) => ({ name }) as RemoteStart["snapshot"]["entries"][number];
const logged = (message: string): RemoteLine => ({
  type: "message",
  message: { type: "event", name: "log", event: { level: "info", message } },
});

/** A server whose event streams end when they are told to. */
function server(refuse = false) {
  const state = { entries: [entry("a-b")], streams: 0, send: (_: RemoteLine) => {}, drop: () => {} };
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (url.endsWith(remotePaths.start)) {
      const start = { capabilities: {}, snapshot: { entries: state.entries, problems: [] } };
      return new Response(encodeWire(start));
    }
    if (!url.endsWith(remotePaths.events)) throw new TypeError("fetch failed");
    state.streams += 1;
    if (refuse) return new Response("no such page", { status: 404 });
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        state.send = (line) => controller.enqueue(new TextEncoder().encode(`data: ${encodeWire(line)}\n\n`));
        state.drop = () => controller.close();
        init.signal?.addEventListener("abort", () => controller.error(init.signal?.reason));
      },
    });
    return new Response(body);
  };
  return { state, fetch };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("events of a remote runtime", () => {
  it("are listened to again after the stream was dropped, and the registry is read anew", async () => {
    const { state, fetch } = server();
    const runtime = await connectRuntime("http://x", { fetch });
    const heard: string[] = [];
    runtime.on("log", ({ message }) => heard.push(message));
    await vi.waitFor(() => expect(state.streams).toBe(1));
    state.send(logged("one"));
    await vi.waitFor(() => expect(heard).toEqual(["one"]));
    state.entries = [entry("a-b"), entry("c-d")];
    state.drop();
    await vi.advanceTimersByTimeAsync(1_000);
    await vi.waitFor(() => expect(runtime.list().map(({ name }) => name)).toEqual(["a-b", "c-d"]));
    state.send(logged("two"));
    await vi.waitFor(() => expect(heard).toEqual(["one", "two"]));
    await runtime.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state.streams).toBe(2);
  });

  it("are done without when the server has none, or nobody wants them", async () => {
    const { state, fetch } = server(true);
    const runtime = await connectRuntime("http://x", { fetch });
    const silent = await connectRuntime("http://x", { fetch, events: false });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(state.streams).toBe(1);
    await Promise.all([runtime.close(), silent.close()]);
  });
});
