import { describe, expect, it, vi } from "vitest";
import { type GenxOptions, scripted, type TransformerEntry } from "../../src/genx/index.ts";
import { double, react, setUp, turn } from "./agent-turns.ts";
import type { GenxVmOptions } from "./genx-vm.ts";

describe("Lua tools", () => {
  const call = (args: object = {}) => scripted([[{ tool: "t", args: args as never }], "end"]);
  const result = async (lua: string, options: GenxOptions = {}, args = {}, vm: GenxVmOptions = {}) => {
    const { genx, runtime } = await setUp(
      { models: { default: call(args), m: scripted(["generated"], { loop: true }) }, ...options },
      vm,
    );
    const agent = await genx.createAgent(react({ tools: [{ name: "t", lua }] }));
    const events = await turn(agent, "go");
    const done = events.find((event) => event.type === "tool_done" || event.type === "tool_error");
    if (done?.type === "tool_done") return { value: done.toolResult, agent, runtime, events };
    return { error: done?.type === "tool_error" ? done.toolError : "no event", agent, runtime, events };
  };

  it("gets ctx and arguments, and gives a value or null", async () => {
    expect(
      (
        await result(
          "function invoke(ctx, args) return { args.a, ctx.agent.name, ctx.agent.state_id ~= nil } end",
          {},
          { a: 1 },
        )
      ).value,
    ).toEqual([1, "helper", true]);
    expect((await result("function invoke() end")).value).toBeNull();
    expect((await result("x = 1")).error).toBe(
      "invoke error: runtime error: tool t: invoke is not defined".replace("runtime error: ", ""),
    );
  });

  it("generates text, JSON and streams", async () => {
    expect((await result('function invoke(ctx) return ctx.generate("m", "say") end')).value).toBe("generated");
    expect(
      (
        await result(
          'function invoke(ctx) local t = {} for piece in ctx.generate_stream("m", "say") do t[#t + 1] = piece end return t end',
        )
      ).value,
    ).toEqual(["generated"]);
    const json = scripted(['```json\n{"n": "no"}\n```', '{"n": 2'], { loop: true });
    const schema = '{ type = "object", properties = { n = { type = "number" } }, required = { "n" } }';
    expect(
      (
        await result(`function invoke(ctx) return ctx.generate_json("j", "count", ${schema}) end`, {
          models: { default: call(), j: json },
        })
      ).value,
    ).toEqual({ n: 2 });
    expect(json.requests).toHaveLength(2);
    expect(json.requests[1]?.messages.at(-1)?.contents[0]).toMatchObject({
      value: expect.stringContaining("not what was asked for"),
    });
    expect(
      (
        await result(`function invoke(ctx) return ctx.generate_json("j", "count", ${schema}) end`, {
          models: { default: call(), j: scripted(["no", "never"]) },
        })
      ).error,
    ).toMatch(/does not fit|not JSON/);
  });

  it("keeps state, history and memory in the agent", async () => {
    const { value, agent } = await result(`function invoke(ctx)
      ctx.state.count = (ctx.state.count or 0) + 1
      ctx.agent.state.name = "x"
      ctx.agent.history:append({ role = "user", content = "noted" })
      ctx.agent.memory:set_summary("short")
      return { ctx.state.count, ctx.agent.state:keys(), ctx.agent.state:all(), #ctx.agent.history:recent(5), ctx.agent.memory:summary() }
    end`);
    expect(value).toEqual([1, ["count", "name"], { count: 1, name: "x" }, 3, "short"]);
    expect(Object.fromEntries(agent.state.properties)).toEqual({ count: 1, name: "x" });
  });

  it("speaks HTTP", async () => {
    const seen: string[] = [];
    const fetch: GenxVmOptions["fetch"] = async ({ url, method, headers, body }) => {
      seen.push(
        `${method} ${url} ${headers["Content-Type"] ?? ""} ${body ? new TextDecoder().decode(body) : ""}`.trim(),
      );
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: new TextEncoder().encode('{"ok":true}'),
      };
    };
    const { value } = await result(
      `function invoke(ctx)
      local a = ctx.http.get("https://a.test/x", { q = "a b" })
      ctx.http.post("https://a.test/y", { n = 1 })
      ctx.http.post("https://a.test/z", { body = "raw", headers = { ["Content-Type"] = "text/plain" } })
      ctx.http.request("PUT", "https://a.test/w", { json = { 1 }, query = { b = 2, a = 1 } })
      return { a.status, a.json.ok, a.data.ok, a.headers["content-TYPE"] }
    end`,
      {},
      {},
      { fetch },
    );
    expect(value).toEqual([200, true, true, "application/json"]);
    expect(seen).toEqual([
      "GET https://a.test/x?q=a%20b",
      'POST https://a.test/y application/json {"n":1}',
      "POST https://a.test/z text/plain raw",
      "PUT https://a.test/w?a=1&b=2 application/json [1]",
    ]);
    expect(
      (
        await result(
          'function invoke(ctx) local ok, err = pcall(ctx.http.get, "https://off.test") return { ok, tostring(err) } end',
        )
      ).value,
    ).toEqual([false, "network failure: https://off.test"]);
  });

  it("makes child agents and calls other tools", async () => {
    const models = {
      default: call(),
      child: scripted(
        ["I am ", '{"a":1}'].map((text) => text),
        { loop: true },
      ),
    };
    expect(
      (
        await result(
          'function invoke(ctx) local a = ctx.create_agent("kid", { prompt = "p", model = "child" }) a:input("hi") local first = a:collect() return { first, a:needs_input() } end',
          { models },
        )
      ).value,
    ).toEqual(["I am ", true]);
    expect(
      (
        await result(
          'function invoke(ctx) local a = ctx.create_agent("kid", { model = "j", json = true }) a:send("hi") return a:collect() end',
          { models: { default: call(), j: scripted(['{"a":1}']) } },
        )
      ).value,
    ).toEqual({ a: 1 });
    expect(
      (await result('function invoke(ctx) return ctx.invoke("double", { n = 4 }) end', { tools: [double] })).value,
    ).toBe(8);
    expect(
      (await result('function invoke(ctx) return ctx.invoke("double", { n = "x" }) end', { tools: [double] })).error,
    ).toMatch(/tool double: n/);
  });

  it("runs scripts of the rt kind, in Luau, too", async () => {
    expect((await result("local x = rt:input() rt:output({ got = x.a }, nil)", {}, { a: 3 })).value).toEqual({
      got: 3,
    });
    expect((await result('rt:output(nil, "bad luck")')).error).toBe("invoke error: bad luck");
    expect((await result("local x = rt:input()")).error).toBe("invoke error: tool did not call output");
    expect(
      (await result("--!strict\nlocal n: number = rt:input().a\nn += 1\nrt:output(`{n}`, nil)", {}, { a: 3 })).value,
    ).toBe("4");
    const text = await result(`
      local s, err = rt:generate("m", { system = "s", messages = { { role = "user", content = "hi" } } })
      local words = {}
      while true do local chunk, e = s:recv() if not chunk then break end words[#words + 1] = chunk.part.value end
      s:close()
      local after, closed = s:recv()
      rt:output({ table.concat(words), rt:generate("m", "text form"), closed, rt:generate_with_context("m", { messages = {} }) }, nil)`);
    expect(text.value).toEqual(["generated", "generated", "stream is closed", "generated"]);
  });

  it("sends chunks through transformers", async () => {
    const upper: TransformerEntry = async function* (input) {
      for await (const chunk of input) {
        const { part } = chunk;
        yield part?.type === "text" ? { ...chunk, part: { type: "text", value: part.value.toUpperCase() } } : chunk;
      }
      yield { part: { type: "text", value: "end" } };
    };
    const transformers = { upper, tts: { transform: upper as never, requiresModel: true } };
    const { value } = await result(
      `local s = rt:transformer("upper", {})
      local none, missing = rt:transformer("tts", {})
      local bad = s:send("x")
      local err = s:send({ text = "a" })
      s:send({ part = { type = "blob", data = "\\1" }, is_eos = true })
      s:close_send()
      local out = {}
      while true do local c, e = s:recv() if not c then break end out[#out + 1] = c.text or c.audio end
      s:close()
      rt:output({ out, err == nil, bad, missing, select(2, rt:transformer("nope", {})), select(2, rt:transformer("")) }, nil)`,
      { transformers },
    );
    expect(value).toEqual([
      ["A", "\u0001", "end"],
      true,
      "invalid chunk",
      "transformer: model is required in config",
      "unknown transformer: nope",
      "transformer name is required",
    ]);
  });

  it("gives no global from one call to the next", async () => {
    const { genx } = await setUp({ models: { default: scripted([[{ tool: "t" }, { tool: "t" }], "end"]) } });
    const agent = await genx.createAgent(
      react({ tools: [{ name: "t", lua: "function invoke() seen = (seen or 0) + 1 return seen end" }] }),
    );
    const results = (await turn(agent, "go")).flatMap((event) =>
      event.type === "tool_done" ? [event.toolResult] : [],
    );
    expect(results).toEqual([1, 1]);
  });
});

describe("old tool types", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the old form of a variable
  const key = "${KEY}";
  it("are read as Lua, with one warning each", async () => {
    const warn = vi.fn();
    const seen: string[] = [];
    const fetch: GenxVmOptions["fetch"] = async ({ url, method, headers, body }) => {
      seen.push(`${method} ${url} ${headers.Authorization} ${body ? new TextDecoder().decode(body) : ""}`);
      return { status: 200, headers: {}, body: new TextEncoder().encode('{"w":"sunny"}') };
    };
    const model = scripted([
      [
        { tool: "weather", args: { city: "Oslo" } },
        { tool: "sum", args: { text: "long" } },
        { tool: "both", args: { city: "Rome" } },
      ],
      "end",
    ]);
    const { genx } = await setUp(
      {
        warn,
        models: { default: model, g: scripted(["short"], { loop: true }) },
        env: { KEY: "k1" },
        tools: [{ type: "http", name: "inner", method: "POST", endpoint: "https://w.test/v1", auth: { bearer: key } }],
      },
      { fetch },
    );
    const agent = await genx.createAgent(
      react({
        tools: [
          { type: "http", name: "weather", method: "GET", endpoint: "https://w.test/v1", bearer: key },
          { type: "generator", name: "sum", model: "g", prompt: "Summarise" },
          { type: "composite", name: "both", steps: [{ tool: "inner" }] },
        ],
      }),
    );
    const results = (await turn(agent, "go")).flatMap((event) =>
      event.type === "tool_done" ? [event.toolResult] : [],
    );
    expect(results).toEqual([{ w: "sunny" }, "short", { w: "sunny" }]);
    expect(seen).toEqual([
      "GET https://w.test/v1?city=Oslo Bearer k1 ",
      'POST https://w.test/v1 Bearer k1 {"city":"Rome"}',
    ]);
    expect(warn.mock.calls.map(([text]) => /"(\w+)"/.exec(text)?.[1])).toEqual(["http", "generator", "composite"]);
    await expect(
      genx.createAgent(react({ tools: [{ type: "http", name: "q", endpoint: "https://w.test", result_jq: ".x" }] })),
    ).rejects.toThrow(/tool q: result_jq is jq/);
  });
});
