import { describe, expect, it, vi } from "vitest";
import { type AgentEvent, memoryStates, scripted } from "../../src/genx/index.ts";
import { double, react, said, setUp, turn, types } from "./agent-turns.ts";

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
