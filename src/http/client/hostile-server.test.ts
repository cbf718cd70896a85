/** Whatever a server says, a remote client answers with an error of its own, in the promise of whoever asked. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remotePaths } from "../wire.ts";
import { connectRuntime } from "./connect-runtime.ts";

const entry = { name: "a-b" };
const good = { capabilities: {}, snapshot: { entries: [entry], problems: [] } };
const uncaught: unknown[] = [];
const note = (thrown: unknown) => void uncaught.push(thrown);

beforeEach(() => {
  process.on("uncaughtException", note);
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  await new Promise((done) => setTimeout(done, 20));
  process.off("uncaughtException", note);
  process.off("unhandledRejection", note);
  expect(uncaught.splice(0)).toEqual([]);
});

const stream = (...chunks: string[]) =>
  new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    }),
  );
const endless = (chunk: string) =>
  new Response(
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new TextEncoder().encode(chunk)) }),
  );
const lines = (...each: unknown[]) => stream(...each.map((line) => `data: ${JSON.stringify(line)}\n\n`));

const client = (answer: (path: string) => Response | Promise<Response>, more = {}) =>
  connectRuntime("http://x", {
    fetch: async (url) => answer(new URL(url).pathname),
    events: false,
    maxBytes: 10_000,
    limits: { handshakeMs: 50 },
    ...more,
  });
const started = (request: () => Response) =>
  client((path) => (path === remotePaths.start ? Response.json(good) : request()));
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error) => [error.name, error.code],
  );

describe("a start", () => {
  it.each<[string, () => Response | Promise<Response>, string]>([
    ["null", () => Response.json(null), "protocol_error"],
    ["a list", () => Response.json([]), "protocol_error"],
    ["no snapshot", () => Response.json({ capabilities: {} }), "protocol_error"],
    [
      "entries that are no list",
      () => Response.json({ ...good, snapshot: { entries: {}, problems: [] } }),
      "protocol_error",
    ],
    [
      "entries without names",
      () => Response.json({ ...good, snapshot: { entries: [{}], problems: [] } }),
      "protocol_error",
    ],
    ["no JSON", () => new Response("<html>"), "protocol_error"],
    ["a broken tag", () => new Response('{"$number":"x"}'), "protocol_error"],
    ["an endless body", () => endless("x".repeat(1_000)), "network_error"],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "http://evil" } }), "network_error"],
    [
      "a body that breaks",
      () => new Response(new ReadableStream({ pull: (c) => c.error(new Error("cut")) })),
      "network_error",
    ],
    ["nothing, ever", () => new Promise<Response>(() => {}), "network_error"],
    ["an error that is null", () => Response.json({ error: null }, { status: 500 }), "network_error"],
    [
      "a code nobody knows",
      () => Response.json({ error: { code: "x", message: "y" } }, { status: 400 }),
      "protocol_error",
    ],
  ])("that answers %s", async (_, answer, code) => {
    expect(await refusal(client(answer))).toEqual(["LuaSkillsError", code]);
  });
});

describe("a request", () => {
  it.each<[string, () => Response, string]>([
    [
      "an outcome without an error",
      () => lines({ type: "outcome", outcome: { ok: false, error: null } }),
      "protocol_error",
    ],
    ["an outcome that is null", () => lines({ type: "outcome", outcome: null }), "protocol_error"],
    ["an outcome that is neither", () => lines({ type: "outcome", outcome: { ok: "yes" } }), "protocol_error"],
    [
      "an error without a message",
      () => lines({ type: "outcome", outcome: { ok: false, error: { code: "aborted" } } }),
      "protocol_error",
    ],
    [
      "a callback",
      () => lines({ type: "message", message: { type: "callback", id: 1, name: "llm" } }),
      "protocol_error",
    ],
    [
      "an event of no name",
      () => lines({ type: "message", message: { type: "event", name: "__proto__", event: {} } }),
      "protocol_error",
    ],
    [
      "an event that is null",
      () => lines({ type: "message", message: { type: "event", name: "log", event: null } }),
      "protocol_error",
    ],
    ["a registry of nothing", () => lines({ type: "message", message: { type: "registry" } }), "protocol_error"],
    ["a line of its own", () => lines({ type: "hello" }), "protocol_error"],
    ["no JSON", () => stream("data: {\n\n"), "protocol_error"],
    ["an endless event", () => endless("data: x"), "network_error"],
    [
      "endless events",
      () =>
        endless(`data: ${JSON.stringify({ type: "message", message: { type: "event", name: "log", event: {} } })}\n\n`),
      "network_error",
    ],
    ["nothing", () => stream(), "network_error"],
    ["no body", () => new Response(null), "network_error"],
    ["a redirect", () => new Response(null, { status: 307, headers: { location: "/" } }), "network_error"],
  ])("that is answered with %s", async (_, answer, code) => {
    const runtime = await started(answer);
    expect(await refusal(runtime.flush())).toEqual(["LuaSkillsError", code]);
    expect(runtime.list()).toEqual([entry]);
    await runtime.close();
  });

  it("keeps the code, the text and the data of the server's own errors", async () => {
    const error = { code: "lua_error", message: "no", data: { line: 3 }, luaTraceback: "stack" };
    const runtime = await started(() => lines({ type: "outcome", outcome: { ok: false, error } }));
    await expect(runtime.flush()).rejects.toMatchObject(error);
    await runtime.close();
  });
});

it("follows no redirect by itself, and sends headers to one address only", async () => {
  const seen: RequestInit[] = [];
  const fetch = async (_url: string, init: RequestInit) => {
    seen.push(init);
    return Response.json(good);
  };
  const runtime = await connectRuntime("http://x", { fetch, events: false, headers: { authorization: "Bearer x" } });
  expect(seen.map(({ redirect }) => redirect)).toEqual(["manual"]);
  await runtime.close();
});
