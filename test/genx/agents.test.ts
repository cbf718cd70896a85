import { describe, expect, it, vi } from "vitest";
import {
  type AgentDefinition,
  type AgentEvent,
  memoryStates,
  multiplex,
  replay,
  scripted,
  TraceRecorder,
} from "../../src/genx/index.ts";
import { react, said, setUp, turn, types } from "./agent-turns.ts";

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
