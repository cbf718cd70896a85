import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { type ChatToolMessage, openaiTools } from "../../../src/adapters/openai/index.ts";
import { failure } from "../../../src/testing/test-engine.ts";
import { type FakeServer, fakeServer } from "../fake-server.ts";
import { adapterRuntime, addSkills, laterFiles } from "../runtime.ts";

const client = ({ url }: FakeServer) => new OpenAI({ apiKey: "none", baseURL: `${url}/v1`, maxRetries: 0 });

type Call = readonly [id: string, name: string, args: string];

const completion = (content: string | null, ...calls: Call[]) => ({
  id: "c1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [
    {
      index: 0,
      finish_reason: calls.length > 0 ? "tool_calls" : "stop",
      logprobs: null,
      message: {
        role: "assistant",
        content,
        refusal: null,
        ...(calls.length > 0
          ? {
              tool_calls: calls.map(([id, name, args]) => ({
                id,
                type: "function",
                function: { name, arguments: args },
              })),
            }
          : {}),
      },
    },
  ],
});

const response = (...calls: Call[]) => ({
  id: "r1",
  object: "response",
  output: [
    { type: "reasoning", id: "x", summary: [] },
    ...calls.map(([call_id, name, args]) => ({
      type: "function_call",
      id: `f${call_id}`,
      call_id,
      name,
      arguments: args,
    })),
  ],
});

describe("chat completions", () => {
  test("tools go out, calls are answered at once and in order, failures too", async () => {
    const lua = openaiTools(await adapterRuntime());
    const server = await fakeServer(
      completion(
        null,
        ["1", "demo-add", '{"a":2,"b":3}'],
        ["2", "demo-fail", ""],
        ["3", "demo-add", '{"a":"2"}'],
        ["4", "demo-add", "{broken"],
        ["5", "demo-gone", "{}"],
      ),
      completion("5"),
    );
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "2 + 3?" }];
    const asked = await client(server).chat.completions.create({ model: "m", messages, tools: lua.chat });
    const [choice] = asked.choices;
    if (choice) messages.push(choice.message, ...(await lua.run(asked)));
    const last = await client(server).chat.completions.create({ model: "m", messages, tools: lua.chat });
    expect(last.choices[0]?.message.content).toBe("5");

    const [first, second] = server.requests;
    expect(first?.tools).toContainEqual({
      type: "function",
      function: expect.objectContaining({
        name: "demo-add",
        description: "Adds two numbers.",
        parameters: expect.objectContaining({ type: "object", required: ["a", "b"] }),
      }),
    });
    const answers = ((second?.messages ?? []) as ChatToolMessage[]).slice(2);
    expect(answers.map(({ role, tool_call_id }) => [role, tool_call_id])).toEqual(
      ["1", "2", "3", "4", "5"].map((id) => ["tool", id]),
    );
    expect(answers[0]?.content).toBe("5");
    expect(answers[1]?.content).toContain("the cellar is flooded");
    expect(answers[2]?.content).toContain('a: expected number, got string "2"');
    expect(answers[3]?.content).toContain("are not JSON");
    expect(answers[4]?.content).toContain('no tool "demo-gone"; tools: demo-add, demo-count');
  });

  test("the client's own loop runs them, too", async () => {
    const lua = openaiTools(await adapterRuntime());
    const server = await fakeServer(completion(null, ["1", "demo-add", '{"a":20,"b":22}']), completion("42"));
    const runner = client(server).chat.completions.runTools({
      model: "m",
      messages: [{ role: "user", content: "20 + 22?" }],
      tools: lua.runnable(),
    });
    expect(await runner.finalContent()).toBe("42");
    expect(server.requests[1]?.messages).toContainEqual({ role: "tool", tool_call_id: "1", content: "42" });
  });

  test("skips calls of others when it should", async () => {
    const lua = openaiTools(await adapterRuntime());
    const { choices } = completion(null, ["1", "mine", "{}"], ["2", "demo-add", '{"a":1,"b":1}']);
    const [choice] = choices;
    expect(await lua.run(choice?.message ?? {}, { others: "skip" })).toEqual([
      { role: "tool", tool_call_id: "2", content: "2" },
    ]);
  });
});

describe("responses", () => {
  test("tools go out, a hundred calls come back as items", async () => {
    const lua = openaiTools(await adapterRuntime());
    const server = await fakeServer(
      response(...Array.from({ length: 100 }, (_, i): Call => [String(i), "demo-add", `{"a":${i},"b":1}`])),
    );
    const answer = await client(server).responses.create({ model: "m", input: "add", tools: lua.responses });
    expect(await lua.run(answer)).toEqual(
      Array.from({ length: 100 }, (_, i) => ({
        type: "function_call_output",
        call_id: String(i),
        output: String(i + 1),
      })),
    );
    expect(server.requests[0]?.tools).toContainEqual(
      expect.objectContaining({ type: "function", name: "demo-add", strict: false }),
    );
  });

  test("the turn is aborted with its endless call, and told its progress", async () => {
    const lua = openaiTools(await adapterRuntime());
    const controller = new AbortController();
    const heard: unknown[] = [];
    const turn = lua.run(response(["7", "demo-forever", "{}"]), {
      signal: controller.signal,
      onProgress: (event) => {
        heard.push(event);
        controller.abort();
      },
    });
    expect((await failure(turn)).code).toBe("aborted");
    expect(heard).toEqual([{ skill: "demo", done: 1, total: null, message: null, tool: "demo-forever", callId: "7" }]);
  });

  test("the list follows the registry", async () => {
    const runtime = await adapterRuntime();
    const lua = openaiTools(runtime, { include: ["later-*"] });
    expect(lua.responses).toEqual([]);
    await addSkills(runtime, laterFiles);
    expect(lua.responses.map(({ name }) => name)).toEqual(["later-hello"]);
    expect(await lua.run(response(["1", "later-hello", "{}"]))).toMatchObject([{ output: "hello" }]);
  });
});
