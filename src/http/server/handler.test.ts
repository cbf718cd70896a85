import { Validator as OpenApiValidator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { SupervisedRuntime } from "../../client/supervise.ts";
import { LuaSkillsError } from "../../errors.ts";
import { superviseNodeRuntime } from "../../platforms/node/node.ts";
import { connectRuntime } from "../client/connect-runtime.ts";
import { createHttpHandler, type HttpHandler } from "./handler.ts";

const skill = `name: Echo
version: 1.0.0
entries:
  - { name: say, lua_entry: runtime/say.lua, lua_module: echo.say, description: says it again }
`;

let supervised: SupervisedRuntime;
let handler: HttpHandler;
const allowed = { authorization: "Bearer good" };
const post = (path: string, body: unknown, headers: Record<string, string> = allowed) =>
  handler(new Request(`http://skills.test${path}`, { method: "POST", body: JSON.stringify(body), headers }));
const get = (path: string, headers: Record<string, string> = allowed) =>
  handler(new Request(`http://skills.test${path}`, { headers }));
/** A remote client whose network is the handler itself. */
const connect = () =>
  connectRuntime("http://skills.test/", { headers: allowed, fetch: (url, init) => handler(new Request(url, init)) });

beforeAll(async () => {
  supervised = await superviseNodeRuntime();
  const { fs, skills } = supervised.runtime;
  await fs.write("/runtime/skills/echo/skill.yaml", skill);
  await fs.write(
    "/runtime/skills/echo/runtime/say.lua",
    "return function(a) vulcan.runtime.log('warn', 'saying') return a.text end",
  );
  await skills.reload();
  handler = createHttpHandler(supervised, {
    authorize: (request) => (request.headers.get("authorization") === "Bearer good" ? "manage" : false),
    limits: { requestBytes: 1000, responseBytes: 5000 },
  });
});
afterAll(() => supervised.runtime.close());

it("a runtime that nobody supervises is refused, and told what is wanted", () => {
  const { runtime } = supervised;
  expect(() => createHttpHandler(runtime as never, { authorize: () => "manage" })).toThrow("superviseEdgeRuntime");
});

describe("the HTTP surface", () => {
  it("asks the host who may come in", async () => {
    const refused = await get("/v1/entries", {});
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: { code: "permission_denied" } });
  });

  it("lists and calls entries", async () => {
    expect(await (await get("/v1/entries")).json()).toMatchObject({ entries: [{ name: "echo-say" }], problems: [] });
    const answer = await post("/v1/call", { name: "echo-say", args: { text: "hi" } });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ content: "hi", contentBytes: 2, contentLines: 1 });
  });

  it("streams events and the result last", async () => {
    const text = await (await post("/v1/stream", { name: "echo-say", args: { text: "hi" } })).text();
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ""));
    expect(events.map(({ type }) => type)).toEqual(["log", "result"]);
    expect(events[1]).toMatchObject({ result: { content: "hi" } });
  });

  it("serves the native JSON API with its envelope", async () => {
    const answer = await post("/v1/json/is_skill", { authority: "system", tool_name: "echo-say" });
    expect(await answer.json()).toEqual({ ok: true, result: { value: true } });
  });

  it.each([
    [[], "the body: expected object, got array []"],
    [null, "the body: expected object, got null"],
    ["x", 'the body: expected object, got string "x"'],
    [{}, "name: expected string, got nothing"],
    [{ name: 5 }, "name: expected string, got number 5"],
    [{ name: "" }, 'name: expected a text with a length of at least 1, got string ""'],
    [
      { name: "x", arguments: {} },
      "arguments: expected no such member (known: name, args, context, timeoutMs), got object {}",
    ],
    [{ name: "x", args: [1] }, "args: expected object, got array [1]"],
    [{ name: "x", args: null }, "args: expected object, got null"],
    [{ name: "x", timeoutMs: "5" }, 'timeoutMs: expected number, got string "5"'],
    [{ name: "x", timeoutMs: -1 }, "timeoutMs: expected a number of at least 0, got number -1"],
    [{ name: "x", context: 5 }, "context: expected object, got number 5"],
    [
      { name: "x", context: { budget: 1 } },
      "context.budget: expected no such member (known: request_context, client_budget, tool_config), got number 1",
    ],
    [{ name: 5, args: 6 }, "name: expected string, got number 5; args: expected object, got number 6"],
  ])("says of %j what is wrong with it", async (body, text) => {
    for (const path of ["/v1/call", "/v1/stream"]) {
      const answer = await post(path, body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({
        error: { code: "invalid_argument", message: `the request body is not what this path takes: ${text}` },
      });
    }
  });

  it.each([
    [{ op: "call" }, "name"],
    [{ op: "call", name: 5, args: {} }, "name"],
    [{ op: "call", name: null, args: {}, context: {} }, "name"],
    [{ op: "runLua" }, "code"],
    [{ op: "fs.write", path: 5 }, "path"],
    [{ op: "constructor" }, "constructor"],
  ])("answers a peer that asks %j, and goes on", async (body, text) => {
    const answer = await (await post("/v1/request", body)).text();
    expect(answer).toContain('"code":"invalid_argument"');
    expect(answer).toContain(text);
    expect((await post("/v1/call", { name: "echo-say", args: { text: "on" } })).status).toBe(200);
  });

  it("says where its paths begin and which method a path has", async () => {
    const below = createHttpHandler(supervised, { authorize: () => "manage", basePath: "/skills" });
    const message = async (handle: HttpHandler, method: string, path: string) => {
      const answer = await handle(
        new Request(`http://skills.test${path}`, { method, headers: { "content-type": "application/json" } }),
      );
      return ((await answer.json()) as { error: { message: string } }).error.message;
    };
    const all = createHttpHandler(supervised, { authorize: () => "manage" });
    expect(await message(all, "GET", "/v1/call")).toContain("GET /v1/call; it is POST;");
    expect(await message(all, "POST", "/skills/v1/call")).toContain("begin with /v1 (");
    expect(await message(below, "POST", "/v1/call")).toContain("begin with /skills (");
    expect(await message(all, "GET", "/nothing")).toContain(
      "nothing answers GET /nothing; the paths are listed in /v1",
    );
  });

  it.each([
    ["no name", "/v1/call", {}, 400, "name"],
    ["a member it does not know", "/v1/call", { name: "x", nam: 1 }, 400, "nam"],
    ["an unknown entry", "/v1/call", { name: "echo-sya" }, 404, "echo-sya"],
    ["an unknown path", "/v1/cal", {}, 404, "/v1/openapi.json"],
    ["a request without op", "/v1/request", { name: 1 }, 400, "op"],
    ["too large a body", "/v1/call", { name: "x".repeat(2000) }, 413, "1000 bytes"],
  ])("answers %s with a sentence that helps", async (_, path, body, status, text) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(await answer.json())).toContain(text);
  });

  it("refuses a body above the cap however it comes, and stops reading it", async () => {
    let given = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        given += 1;
        controller.enqueue(new Uint8Array(400).fill(0x20));
      },
    });
    const init = { method: "POST", headers: allowed, body, duplex: "half" };
    const answer = await handler(new Request("http://skills.test/v1/call", init));
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ error: { code: "invalid_argument", data: { maxBytes: 1000 } } });
    expect(given).toBeLessThan(6);
  });

  it("lets nobody in when authorize throws, and keeps the host's text from whoever asks", async () => {
    const uncaught = vi.fn();
    vi.stubGlobal("reportError", uncaught);
    const fails = (thrown: unknown) =>
      createHttpHandler(supervised, {
        authorize: () => {
          throw thrown;
        },
      })(new Request("http://skills.test/v1/entries"));
    const broken = await fails(new Error("connect to db-7 failed"));
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain("db-7");
    expect(uncaught).toHaveBeenCalledWith(expect.objectContaining({ message: "connect to db-7 failed" }));
    const told = await fails(new LuaSkillsError("permission_denied", "your trial is over"));
    expect(told.status).toBe(401);
    expect(await told.text()).toContain("your trial is over");
    vi.unstubAllGlobals();
  });

  it.each([
    ["a truthy answer that is not true", "yes" as never],
    ["undefined", undefined as never],
  ])("takes %s of authorize for a no", async (_, answer) => {
    const guarded = createHttpHandler(supervised, { authorize: () => answer });
    expect((await guarded(new Request("http://skills.test/v1/entries"))).status).toBe(401);
  });

  it.each([
    ["/v1/json/%E0%A4%A", 400],
    ["/v1/json/..%2Fcall", 200],
    ["/v1/%63all", 404],
    ["//v1/call", 404],
    ["/x/../v1/entries/", 404],
  ])("does not take %s for another path", async (path, status) => {
    const answer = await post(path, {});
    expect(answer.status).toBe(status);
    if (status === 200) expect(await answer.json()).toMatchObject({ ok: false });
  });

  it("answers under its base path only", async () => {
    const based = createHttpHandler(supervised, { authorize: () => true, basePath: "/agents/7" });
    const status = async (path: string) => (await based(new Request(`http://skills.test${path}`))).status;
    expect(await status("/agents/7/v1/entries")).toBe(200);
    expect(await status("/agents/77/v1/entries")).toBe(404);
    expect(await status("/v1/entries")).toBe(404);
  });

  it("lets pages of the named origins in, and answers their preflights without credentials", async () => {
    const served = createHttpHandler(supervised, {
      authorize: (request) => request.headers.has("authorization"),
      origins: ["https://app.test"],
    });
    const ask = (method: string, headers: Record<string, string>) =>
      served(new Request("http://skills.test/v1/entries", { method, headers }));
    const origin = { origin: "https://app.test" };
    const preflight = { ...origin, "access-control-request-method": "GET", "access-control-request-headers": "x-a" };
    const allowed = await ask("OPTIONS", preflight);
    expect([allowed.status, allowed.headers.get("access-control-allow-headers")]).toEqual([204, "x-a"]);
    const answer = await ask("GET", { ...origin, authorization: "Bearer good" });
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.test");
    expect(await answer.json()).toHaveProperty("entries");
    expect((await ask("GET", origin)).headers.get("access-control-allow-origin"), "refusals too").not.toBe(null);
    const other = await ask("OPTIONS", { ...preflight, origin: "https://evil.test" });
    expect([other.status, other.headers.get("access-control-allow-origin")]).toEqual([204, null]);
  });

  it("is OpenAPI 3.1 to a validator", async () => {
    const document = (await (await get("/v1/openapi.json")).json()) as object;
    expect(JSON.stringify(document), "cites what its reader cannot open").not.toMatch(/§|\.md\b/);
    const result = await new OpenApiValidator().validate(document as never);
    expect(result).toEqual({ valid: true });
  });

  it("stops a call when the client closes its stream", async () => {
    let stopped: (reason: unknown) => void = () => {};
    const stop = new Promise((resolve) => {
      stopped = resolve;
    });
    const waiting = await superviseNodeRuntime({
      hostTools: {
        wait: (_args, { signal }) =>
          new Promise((_, reject) =>
            signal.addEventListener("abort", () => {
              stopped(signal.reason);
              reject(signal.reason);
            }),
          ),
      },
    });
    const serve = createHttpHandler(waiting, { authorize: () => "manage" });
    const request = { op: "runLua", code: "print('here') return vulcan.host.call('wait', {})", args: {} };
    const answer = await serve(
      new Request("http://skills.test/v1/request", {
        method: "POST",
        body: JSON.stringify(request),
        headers: { "content-type": "application/json" },
      }),
    );
    const reader = answer.body?.getReader();
    let heard = "";
    while (!heard.includes("here")) heard += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    await stop;
    expect(await waiting.runtime.runLua("return 1")).toBe(1);
    await waiting.runtime.close();
  });

  it("tells a listener what others do, config changes included", async () => {
    const listener = await get("/v1/events");
    const reader = listener.body?.getReader();
    await supervised.runtime.config.set("echo", "tone", "loud");
    let heard = "";
    while (!heard.includes("tone")) heard += new TextDecoder().decode((await reader?.read())?.value);
    expect(heard).toContain('"name":"config"');
    await reader?.cancel();
  });

  it("refuses an answer above the cap, plain and streamed", async () => {
    const body = { op: "runLua", code: "return ('x'):rep(9000)", args: {} };
    expect(await (await post("/v1/request", body)).text()).toContain('"output_exceeded"');
    await supervised.runtime.fs.write(
      "/runtime/skills/echo/runtime/say.lua",
      "return function() return ('ä'):rep(2600) end",
    );
    await supervised.runtime.skills.reload();
    expect((await post("/v1/call", { name: "echo-say" })).status).toBe(413);
  });

  it("describes itself: every path of the document answers", async () => {
    const document = (await (await get("/v1/openapi.json")).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const method of Object.keys(methods)) {
        const answer = await handler(
          new Request(`http://skills.test${path.replace("{method}", "version")}`, {
            method: method.toUpperCase(),
            headers: allowed,
            ...(method === "post" ? { body: "{}" } : {}),
          }),
        );
        const body = answer.body?.getReader();
        await body?.cancel();
        expect(answer.status, `${method} ${path}`).not.toBe(404);
      }
    }
  });
});

describe("connectRuntime", () => {
  it("has the contract of a local runtime", async () => {
    const runtime = await connect();
    expect(runtime.list().map(({ name }) => name)).toEqual(["echo-say"]);
    expect(await runtime.runLua("return args.a + 1", { a: 41 })).toBe(42);
    await runtime.fs.write("/runtime/data.bin", Uint8Array.of(0, 1, 255));
    expect(await runtime.fs.readBytes("/runtime/data.bin")).toEqual(Uint8Array.of(0, 1, 255));
    await runtime.close();
    expect(await supervised.runtime.runLua("return 1")).toBe(1);
  });

  it("hears the events of its own calls once", async () => {
    const runtime = await connect();
    const heard: string[] = [];
    runtime.on("log", ({ message }) => heard.push(message));
    await runtime.runLua("print('one')");
    expect(heard).toEqual(["[LuaSkill:info] one"]);
    await runtime.close();
  });

  it("keeps code, data and traceback of errors", async () => {
    const runtime = await connect();
    const error = await runtime.runLua("error('boom')").catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "LuaSkillsError", code: "lua_error" });
    expect(error.luaTraceback).toContain("stack traceback");
    await runtime.close();
  });

  it("mirrors a registry that its own request changed", async () => {
    const runtime = await connect();
    await runtime.skills.disable("echo");
    expect(runtime.list()).toEqual([]);
    await runtime.skills.enable("echo");
    expect(runtime.list()).toHaveLength(1);
    await runtime.close();
  });

  it("stops a call whose caller gives up", async () => {
    const runtime = await connect();
    const controller = new AbortController();
    const call = runtime.runLua(
      "vulcan.fs.write('/runtime/started', '1') while true do end",
      {},
      {
        signal: controller.signal,
        timeoutMs: 300,
      },
    );
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: expect.stringMatching(/aborted|deadline_exceeded/) });
    await runtime.close();
  });

  it("says what is wrong with an address", async () => {
    await expect(connectRuntime("ws://x")).rejects.toMatchObject({ code: "invalid_argument" });
    const page = () => Promise.resolve(new Response("<html>", { status: 404 }));
    await expect(connectRuntime("http://x", { fetch: page })).rejects.toMatchObject({ code: "network_error" });
    const dead = () => Promise.reject(new TypeError("fetch failed"));
    await expect(connectRuntime("http://x", { fetch: dead })).rejects.toMatchObject({ code: "network_error" });
  });
});
