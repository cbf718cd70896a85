import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SupervisedRuntime } from "../../client/create-runtime.ts";
import { connectRuntime } from "../../client/remote/connect-runtime.ts";
import { superviseNodeRuntime } from "../node.ts";
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
    authorize: (request) => request.headers.get("authorization") === "Bearer good",
    limits: { requestBytes: 1000, responseBytes: 5000 },
  });
});
afterAll(() => supervised.runtime.close());

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

  it("refuses an answer above the cap, plain and streamed", async () => {
    const body = { op: "runLua", code: "return ('x'):rep(9000)", args: {} };
    expect(await (await post("/v1/request", body)).text()).toContain('"output_exceeded"');
    await supervised.runtime.fs.write(
      "/runtime/skills/echo/runtime/say.lua",
      "return function() return ('y'):rep(9000) end",
    );
    await supervised.runtime.skills.reload();
    expect((await post("/v1/call", { name: "echo-say" })).status).toBe(500);
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
