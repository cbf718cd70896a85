import { describe, expect, it, vi } from "vitest";
import {
  type Agent,
  type AgentDefinition,
  type AgentEvent,
  createGenx,
  type GenxOptions,
  memoryStates,
  multiplex,
  type ReactDefinition,
  replay,
  scripted,
  TraceRecorder,
  type TransformerEntry,
} from "../../src/genx/index.ts";
import { type GenxVmOptions, scriptRuntime } from "./genx-vm.ts";

async function setUp(options: GenxOptions = {}, vm: GenxVmOptions = {}) {
  const genx = createGenx({ warn: () => {}, ...options });
  const runtime = await scriptRuntime(genx.commands, vm);
  return { genx: genx.attach(runtime), runtime };
}

async function turn(agent: Agent, text: string): Promise<AgentEvent[]> {
  const events = [];
  for await (const event of agent.run(text)) events.push(event);
  return events;
}

const said = (events: readonly AgentEvent[]): string =>
  events
    .flatMap((event) => (event.type === "chunk" && event.chunk.part?.type === "text" ? [event.chunk.part.value] : []))
    .join("");
const types = (events: readonly AgentEvent[]): string[] => events.map(({ type }) => type);

const double = {
  name: "double",
  params: { n: { type: "number" } },
  lua: "function invoke(ctx, args) return args.n * 2 end",
};
const react = (extra: Partial<ReactDefinition> = {}): ReactDefinition => ({ type: "react", name: "helper", ...extra });

describe("ReactAgent", () => {
  it("says text and waits", async () => {
    const model = scripted([["Hel", "lo."], "Again."]);
    const { genx } = await setUp({ models: { default: model } });
    const agent = await genx.createAgent(react({ prompt: "Be kind." }));
    const events = await turn(agent, "Hi");
    expect(types(events)).toEqual(["chunk", "chunk", "eof"]);
    expect(events.map(({ phase }) => phase)).toEqual(["thinking", "thinking", ""]);
    expect(events.every((event) => event.agentDef === "helper" && event.agentStateId === agent.stateId)).toBe(true);
    expect(said(await turn(agent, "And?"))).toBe("Again.");
    expect(model.requests[0]?.system).toBe("Be kind.");
    expect(agent.formatHistory()).toBe("[user]: Hi\n[model]: Hello.\n[user]: And?\n[model]: Again.");
  });

  it("runs the calls of one answer in order, each with its own events, and generates once more", async () => {
    const model = scripted([
      ["Let me see. ", { tool: "double", args: { n: 1 }, id: "a" }, { tool: "double", args: { n: 2 }, id: "b" }],
      ({ messages }) =>
        messages
          .slice(-2)
          .map(({ contents }) => (contents[0]?.type === "text" ? contents[0].value : ""))
          .join(" and "),
    ]);
    const { genx } = await setUp({ models: { default: model } });
    const agent = await genx.createAgent(react({ tools: [double] }));
    const events = await turn(agent, "Double 1 and 2");
    expect(types(events)).toEqual(["chunk", "tool_start", "tool_done", "tool_start", "tool_done", "chunk", "eof"]);
    expect(events.find((event) => event.type === "tool_done")).toMatchObject({
      toolCall: { id: "a" },
      toolResult: 2,
      phase: "tool",
    });
    expect(said(events)).toBe("Let me see. 2 and 4");
    expect(model.requests).toHaveLength(2);
    expect(model.requests[0]?.tools).toEqual([
      {
        name: "double",
        description: "",
        parameters: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
      },
    ]);
    expect(model.requests[1]?.messages.map(({ role, toolResultId }) => toolResultId ?? role)).toEqual([
      "user",
      "model",
      "a",
      "b",
    ]);
  });

  it("tells the model what went wrong and goes on", async () => {
    const model = scripted([
      [{ tool: "nope" }, { tool: "double", args: { n: "two" } }, { tool: "double", args: "{" }, { tool: "broken" }],
      "Sorry.",
    ]);
    const { genx } = await setUp({ models: { default: model } });
    const agent = await genx.createAgent(
      react({ tools: [double, { name: "broken", lua: 'function invoke() error("kaput") end' }] }),
    );
    const events = await turn(agent, "Try");
    const errors = events.flatMap((event) => (event.type === "tool_error" ? [event.toolError] : []));
    expect(errors).toEqual([
      'tool error: tool "nope" not found',
      expect.stringMatching(/^invoke error: n: /),
      expect.stringMatching(/^invoke error: arguments are not JSON/),
      expect.stringMatching(/^invoke error: .*kaput/),
    ]);
    expect(types(events).slice(-2)).toEqual(["chunk", "eof"]);
    expect(model.requests[1]?.messages.filter(({ role }) => role === "tool")).toHaveLength(4);
  });

  it("says nothing while a tool runs, but for what the script emits", async () => {
    let finish: (value: string) => void = () => {};
    const slow = {
      name: "slow",
      run: () =>
        new Promise<string>((resolve) => {
          finish = resolve;
        }),
    };
    const { genx } = await setUp({ models: { default: scripted([[{ tool: "slow" }], "Done."]) } });
    const agent = await genx.createAgent(react({ tools: [slow] }));
    await agent.input("Go");
    expect((await agent.next()).type).toBe("tool_start");
    let other: AgentEvent | undefined;
    const next = agent.next().then((event) => {
      other = event;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(other).toBeUndefined();
    finish("ready");
    await next;
    expect(other).toMatchObject({ type: "tool_done", toolResult: "ready" });
    await agent.close();

    const emitting = {
      name: "talk",
      lua: 'function invoke(ctx) ctx.emit({ text = "working" }) ctx.emit({ part = { type = "blob", data = "\\255\\0", mime_type = "audio/opus" } }) return "ok" end',
    };
    const second = await setUp({ models: { default: scripted([[{ tool: "talk" }], "Done."]) } });
    const events = await turn(await second.genx.createAgent(react({ tools: [emitting] })), "Go");
    expect(types(events)).toEqual(["tool_start", "chunk", "chunk", "tool_done", "chunk", "eof"]);
    expect(events[2]).toMatchObject({
      chunk: { part: { type: "blob", data: new Uint8Array([255, 0]), mimeType: "audio/opus" } },
    });
  });

  it("closes behind a quit tool, with a last word", async () => {
    const { genx } = await setUp({ models: { default: scripted([[{ tool: "bye" }], "Goodbye."]) } });
    const agent = await genx.createAgent(react({ tools: [{ name: "bye", quit: true, run: () => "left" }] }));
    const events = await turn(agent, "Bye");
    expect(types(events)).toEqual(["tool_start", "tool_done", "chunk", "closed"]);
    expect((await agent.next()).type).toBe("closed");
    expect(events.at(-1)?.phase).toBe("finished");
    await expect(agent.input("more")).rejects.toMatchObject({ code: "runtime_closed", message: "agent: closed" });
    await agent.close();
  });

  it("stops in the middle of text, and of a tool, and can be spoken to again", async () => {
    let asked: AbortSignal | undefined;
    const endless = {
      async *stream({ signal }: { signal: AbortSignal }) {
        asked = signal;
        for (;;) {
          if (signal.aborted) return;
          yield { type: "text" as const, text: "la " };
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
    };
    const { genx } = await setUp({ models: { default: endless, other: scripted([[{ tool: "wait" }], "Here."]) } });
    const agent = await genx.createAgent(react());
    await agent.input("Sing");
    expect((await agent.next()).type).toBe("chunk");
    await agent.interrupt();
    expect(asked?.aborted).toBe(true);
    expect(types([await agent.next(), await agent.next()])).toEqual(["interrupted", "interrupted"]);
    expect(agent.formatHistory()).toMatch(/^\[user\]: Sing\n\[model\]: la /);
    agent.revert();
    expect(agent.formatHistory()).toBe("");

    let stopped = false;
    let began = false;
    const wait = {
      name: "wait",
      run: (_: unknown, { signal }: { signal: AbortSignal }) =>
        new Promise<string>((_resolve, reject) => {
          began = true;
          signal.addEventListener("abort", () => {
            stopped = true;
            reject(signal.reason);
          });
        }),
    };
    const waiting = await genx.createAgent(react({ name: "w", generator: { model: "other" }, tools: [wait] }));
    await waiting.input("Wait");
    expect((await waiting.next()).type).toBe("tool_start");
    await vi.waitFor(() => expect(began).toBe(true));
    await waiting.interrupt();
    expect(stopped).toBe(true);
    expect((await waiting.next()).type).toBe("interrupted");
    // Every call has an answer, or the next request would be refused by most APIs.
    expect(waiting.state.messages.map(({ role }) => role)).toEqual(["user", "model", "tool"]);
    expect(types(await turn(waiting, "Are you there?"))).toEqual(["chunk", "eof"]);
  });

  it("gives up after maxSteps", async () => {
    const { genx } = await setUp({
      models: { default: scripted([[{ tool: "double", args: { n: 1 } }]], { loop: true }) },
    });
    const events = await turn(await genx.createAgent(react({ maxSteps: 3, tools: [double] })), "Go");
    expect(types(events).slice(-2)).toEqual(["error", "eof"]);
    expect(events.at(-2)).toMatchObject({
      error: { code: "budget_exceeded", message: expect.stringContaining("3 generations") },
    });
  });

  it("says that a model failed and waits for input", async () => {
    const { genx } = await setUp({ models: { default: scripted([{ error: "down" }, "Up."]) } });
    const agent = await genx.createAgent(react());
    expect(types(await turn(agent, "Hi"))).toEqual(["error", "eof"]);
    expect(said(await turn(agent, "Hi"))).toBe("Up.");
  });

  it("comes back from its stored state", async () => {
    const states = memoryStates();
    const { genx } = await setUp({ models: { default: scripted(["One.", "Two."]) }, states });
    const first = await genx.createAgent(react());
    await turn(first, "a");
    const stored = await states.load(first.stateId);
    const again = await genx.createAgent(react(), { state: JSON.parse(JSON.stringify(stored)) });
    await turn(again, "b");
    expect(again.stateId).toBe(first.stateId);
    expect(again.formatHistory()).toBe("[user]: a\n[model]: One.\n[user]: b\n[model]: Two.");
    await expect(genx.createAgent({ type: "lua", name: "l", lua: "" }, { state: stored })).rejects.toThrow(
      /cannot be restored/,
    );
  });

  it("asks before it runs a tool", async () => {
    const approve = vi.fn(({ args }: { args: unknown }) => (args as { n: number }).n > 1);
    const model = scripted([
      [
        { tool: "double", args: { n: 1 } },
        { tool: "double", args: { n: 2 } },
      ],
      "ok",
    ]);
    const { genx } = await setUp({ models: { default: model }, approve });
    const events = await turn(await genx.createAgent(react({ tools: [double] })), "Go");
    expect(approve).toHaveBeenCalledTimes(2);
    expect(types(events)).toEqual(["tool_start", "tool_error", "tool_start", "tool_done", "chunk", "eof"]);
    expect(events[1]).toMatchObject({ toolError: "invoke error: the call was not approved" });
  });

  it("builds its prompt from layers", async () => {
    const model = scripted(["ok"]);
    const { genx } = await setUp({
      models: { default: model },
      prompts: { rules: "No shouting." },
      env: { CITY: "Oslo" },
    });
    const agent = await genx.createAgent(
      react({
        prompt: "Base.",
        context_layers: [
          "Plain.",
          { $ref: "rules" },
          { $env: "CITY" },
          { $this: "generator.model" },
          { $mem: { summary: true } },
        ],
        generator: { model: "m" },
      }),
    );
    agent.state.summary = "They like tea.";
    await turn(agent, "Hi");
    expect(model.requests[0]?.system).toBe("Base.\n\nPlain.\n\nNo shouting.\n\nOslo\n\nm\n\nThey like tea.");
  });
});

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

describe("MatchAgent", () => {
  const reply = (text: string): AgentDefinition => ({ type: "react", name: text, generator: { model: text } });
  const router = (extra = {}): AgentDefinition => ({
    type: "match",
    name: "router",
    generator: { model: "router" },
    rules: [
      {
        name: "weather",
        vars: { city: { label: "City" }, days: { type: "int" } },
        patterns: ["what is the weather", ["rain in Oslo?", "weather: city=Oslo"]],
      },
      { name: "music" },
      { name: "unrouted" },
    ],
    route: [
      { rules: ["weather"], agent: reply("sky") },
      { rules: ["music"], agent: reply("tune") },
    ],
    ...extra,
  });
  const models = (lines: readonly string[]) => ({
    router: scripted(lines),
    sky: scripted(["Sunny.", "Still sunny."], { loop: true }),
    tune: scripted(["La."], { loop: true }),
  });

  it("routes with arguments and passes everything through", async () => {
    const all = models(["weather: city=Oslo, days=3"]);
    const { genx } = await setUp({ models: all });
    const agent = await genx.createAgent(router());
    const events = await turn(agent, "Weather in Oslo?");
    expect(types(events)).toEqual(["chunk", "eof"]);
    expect(events.map(({ agentDef }) => agentDef)).toEqual(["sky", "router"]);
    expect(events[1]?.phase).toBe("executing");
    expect(events[0]?.agentStateId).not.toBe(agent.stateId);
    expect(all.sky.requests[0]?.messages[0]?.contents[0]).toEqual({
      type: "text",
      value: 'Weather in Oslo?\n{"city":"Oslo","days":3}',
    });
  });

  it("collects what matches nothing for the next attempt", async () => {
    const all = models(["none", "unrouted", "music"]);
    const { genx } = await setUp({ models: all });
    const agent = await genx.createAgent(router());
    expect(await turn(agent, "Er")).toMatchObject([{ type: "eof", phase: "" }]);
    expect(types(await turn(agent, "some"))).toEqual(["eof"]);
    expect(said(await turn(agent, "tunes"))).toBe("La.");
    expect(all.tune.requests[0]?.messages[0]?.contents[0]).toEqual({ type: "text", value: "Er some tunes" });
  });

  it("goes on with the child, or switches to another one", async () => {
    const { genx } = await setUp({ models: models(["weather", "none", "weather", "music"]) });
    const agent = await genx.createAgent(router());
    expect(said(await turn(agent, "Weather?"))).toBe("Sunny.");
    expect(said(await turn(agent, "And later?"))).toBe("Still sunny.");
    expect(said(await turn(agent, "Weather again"))).toBe("Sunny.");
    const events = await turn(agent, "Music instead");
    expect(events.map(({ agentDef }) => agentDef)).toEqual(["tune", "router"]);
  });

  it("goes on from its stored state with the child it was calling", async () => {
    const states = memoryStates();
    const all = models(["weather", "none"]);
    const before = await setUp({ models: all, states });
    const agent = await before.genx.createAgent(router());
    await turn(agent, "Weather?");
    const stored = await states.load(agent.stateId);
    expect(stored).toMatchObject({ matched: "weather", index: 1, matches: [{ rule: "weather", input: "Weather?" }] });

    const after = await setUp({ models: all, states });
    const again = await after.genx.createAgent(router(), { state: stored });
    const events = await turn(again, "And later?");
    expect(events[0]).toMatchObject({ agentDef: "sky", agentStateId: stored?.calling });
    expect(all.sky.requests.at(-1)?.messages.map(({ role }) => role)).toEqual(["user", "model", "user"]);
  });

  it("runs several matches one after the other, each closed before the next", async () => {
    const quitting = (model: string): AgentDefinition => ({
      type: "react",
      name: model,
      generator: { model },
      tools: [{ name: "bye", quit: true, run: () => "" }],
    });
    const bye = (text: string) => scripted([[{ tool: "bye" }], text]);
    const { genx } = await setUp({
      models: { router: scripted(["weather\nmusic"]), sky: bye("Sunny."), tune: bye("La.") },
    });
    const agent = await genx.createAgent(
      router({
        route: [
          { rules: ["weather"], agent: quitting("sky") },
          { rules: ["music"], agent: quitting("tune") },
        ],
      }),
    );
    const events = await turn(agent, "Both");
    expect(said(events)).toBe("Sunny.La.");
    expect(types(events)).not.toContain("closed");
    expect(events.at(-1)).toMatchObject({ type: "eof", phase: "", agentDef: "router" });
  });

  it("takes its default when there is one, and needs a model", async () => {
    const { genx } = await setUp({ models: models(["none"]) });
    expect(said(await turn(await genx.createAgent(router({ default: reply("tune") })), "?"))).toBe("La.");
    await expect(genx.createAgent(router({ generator: {} }))).rejects.toThrow("generator.model is required");
  });

  it("stops a child that is still talking when something else is wanted", async () => {
    const endless = {
      async *stream({ signal }: { signal: AbortSignal }) {
        while (!signal.aborted) {
          yield { type: "text" as const, text: "blah " };
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      },
    };
    const { genx } = await setUp({ models: { ...models(["weather", "music"]), sky: endless } });
    const agent = await genx.createAgent(router());
    await agent.input("Weather");
    expect((await agent.next()).agentDef).toBe("sky");
    await agent.input("Music!");
    const rest = [];
    for (let event = await agent.next(); event.type !== "eof"; event = await agent.next()) rest.push(event);
    expect(said(rest)).toMatch(/La\.$/);
  });
});

describe("LuaAgent", () => {
  it("runs handlers per input", async () => {
    const { genx, runtime } = await setUp();
    const agent = await genx.createAgent({
      type: "lua",
      name: "echo",
      lua: `function on_start(ctx) ctx.state.turns = 0 end
        function on_input(ctx, input) ctx.state.turns = ctx.state.turns + 1 ctx.emit({ text = input.text .. ctx.state.turns }) end
        function on_close(ctx) ctx.log.info("bye", ctx.state.turns) end`,
    });
    expect(said(await turn(agent, "a"))).toBe("a1");
    expect(types(await turn(agent, "b"))).toEqual(["chunk", "eof"]);
    await agent.close();
    expect(runtime.log).toContain("info: bye\t2");
    expect((await agent.next()).type).toBe("closed");
  });

  it("runs a loop of its own until it returns", async () => {
    const { genx } = await setUp();
    const agent = await genx.createAgent({
      type: "lua",
      name: "loop",
      lua: `function run(ctx)
        for i = 1, 2 do
          local chunk = ctx.recv()
          ctx.emit({ text = chunk.text .. "!" })
          ctx.emit({ eof = true })
        end
      end`,
    });
    expect(types(await turn(agent, "x"))).toEqual(["chunk", "eof"]);
    const events = await turn(agent, "y");
    expect(said(events)).toBe("y!");
    expect((await agent.next()).type).toBe("closed");
  });

  it("reports what a script raises, then closes", async () => {
    const { genx } = await setUp();
    const agent = await genx.createAgent({
      type: "lua",
      name: "bad",
      lua: 'function run(ctx) ctx.recv() error("kaput") end',
    });
    const events = await turn(agent, "x");
    expect(types(events)).toEqual(["error", "closed"]);
  });
});

describe("multiplex", () => {
  it("gives each agent, kind and stream id a stream of its own", async () => {
    const lua = `function on_input(ctx, input)
      ctx.emit({ text = "t1" })
      ctx.emit({ audio = "\\1\\2" })
      ctx.emit({ text = "side", stream_id = "s" })
      ctx.emit({ text = "t2" })
    end`;
    const { genx } = await setUp();
    const agent = await genx.createAgent({ type: "lua", name: "mux", lua });
    const streams: string[] = [];
    const mux = multiplex(agent, {
      onStream: ({ kind, streamId, agentDef }) => streams.push(`${agentDef} ${kind} ${streamId ?? ""}`),
    });
    await agent.input("go");
    await vi.waitFor(() => expect(mux.streams).toHaveLength(3));
    await vi.waitFor(() => expect(agent.busy).toBe(false));
    await agent.close();
    await mux.done;
    expect(streams).toEqual(["mux text ", "mux audio ", "mux text s"]);
    const read = async (readable: ReadableStream<unknown>) => {
      const items = [];
      const reader = readable.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) items.push(next.value);
      return items;
    };
    const [text, audio] = mux.streams;
    expect(await read(text?.readable as ReadableStream)).toMatchObject([
      { chunk: { part: { value: "t1" } } },
      { chunk: { part: { value: "t2" } } },
      { type: "turn_end" },
    ]);
    expect(await read(audio?.readable as ReadableStream)).toHaveLength(2);
    expect((await read(mux.control)).map((event) => (event as AgentEvent).type)).toEqual(["eof", "closed"]);
  });

  it("holds the agent back when nobody reads text, and loses old audio", async () => {
    const { genx } = await setUp();
    const lua =
      'function on_input(ctx) for i = 1, 100 do ctx.emit({ audio = "x" }) end for i = 1, 200 do ctx.emit({ text = "t" .. i }) ctx.state.sent = i end end';
    const agent = await genx.createAgent({ type: "lua", name: "fast", lua });
    const mux = multiplex(agent, { capacity: 4 });
    await agent.input("go");
    await vi.waitFor(() => expect(agent.state.properties.get("sent")).toBeGreaterThan(3));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const held = agent.state.properties.get("sent");
    expect(held).toBeLessThan(60);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(agent.state.properties.get("sent")).toBe(held);
    await mux.cancel();
    await agent.close();
  });
});

describe("traces", () => {
  it("play again without a model and without tools", async () => {
    const trace = new TraceRecorder(() => 1);
    const run = vi.fn(() => "found");
    const definition = react({ tools: [{ name: "look", run }] });
    const first = await setUp({ models: { default: scripted([[{ tool: "look" }], "Seen."]) }, trace });
    const events = await turn(await first.genx.createAgent(definition), "Look");
    const stored = JSON.parse(JSON.stringify(trace.trace));
    const kinds = stored.entries.map(({ type }: { type: string }) => type);
    expect(kinds.filter((type: string) => type !== "event")).toEqual(["generation", "tool", "generation"]);
    const played = replay(stored);
    const second = await setUp({ replay: played });
    const again = await turn(await second.genx.createAgent(definition), "Look");
    expect(types(again)).toEqual(types(events));
    expect(said(again)).toBe("Seen.");
    expect(run).toHaveBeenCalledTimes(1);
    expect(played.left).toBe(0);
    const third = await setUp({
      replay: replay({ ...stored, entries: stored.entries.filter(({ type }: { type: string }) => type !== "tool") }),
    });
    expect(
      (await turn(await third.genx.createAgent(definition), "Look")).find((event) => event.type === "tool_error"),
    ).toMatchObject({
      toolError: "invoke error: replay diverged at step 2: recorded generation, got tool look",
    });
  });
});
