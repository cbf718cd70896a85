import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { anthropicTools } from "../../../src/adapters/anthropic/index.ts";
import { failure } from "../../../src/testing/test-engine.ts";
import { type FakeServer, fakeServer } from "../fake-server.ts";
import { adapterRuntime, addSkills, laterFiles } from "../runtime.ts";

const client = ({ url }: FakeServer) => new Anthropic({ apiKey: "none", baseURL: url, maxRetries: 0 });

const message = (...content: object[]) => ({
  id: "m1",
  type: "message",
  role: "assistant",
  model: "m",
  content,
  stop_reason: content.some((block) => "input" in block) ? "tool_use" : "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
});
const use = (id: string, name: string, input: object) => ({ type: "tool_use", id, name, input });

test("tools go out, calls are answered at once and in order, failures too", async () => {
  const lua = anthropicTools(await adapterRuntime());
  const server = await fakeServer(
    message(
      { type: "text", text: "let me see", citations: null },
      use("1", "demo-add", { a: 2, b: 3 }),
      use("2", "demo-fail", {}),
      use("3", "demo-add", { a: 2 }),
    ),
    message({ type: "text", text: "5", citations: null }),
  );
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "2 + 3?" }];
  const ask = () => client(server).messages.create({ model: "m", max_tokens: 9, messages, tools: lua.tools });
  const first = await ask();
  messages.push({ role: "assistant", content: first.content }, { role: "user", content: await lua.run(first) });
  expect((await ask()).content).toMatchObject([{ text: "5" }]);
  expect(server.requests[0]?.tools).toContainEqual(
    expect.objectContaining({ name: "demo-add", input_schema: expect.objectContaining({ type: "object" }) }),
  );
  expect(((server.requests[1]?.messages ?? []) as unknown[])[2]).toEqual({
    role: "user",
    content: [
      { type: "tool_result", tool_use_id: "1", content: "5" },
      {
        type: "tool_result",
        tool_use_id: "2",
        content: expect.stringContaining("the cellar is flooded"),
        is_error: true,
      },
      {
        type: "tool_result",
        tool_use_id: "3",
        content: expect.stringContaining("b: expected number, got nothing"),
        is_error: true,
      },
    ],
  });
});

test("the client's tool runner calls them, and says what failed", async () => {
  const lua = anthropicTools(await adapterRuntime());
  const server = await fakeServer(
    message(use("1", "demo-add", { a: 20, b: 22 }), use("2", "demo-fail", {})),
    message({ type: "text", text: "42", citations: null }),
  );
  const last = await client(server).beta.messages.toolRunner({
    model: "m",
    max_tokens: 9,
    messages: [{ role: "user", content: "20 + 22?" }],
    tools: lua.runnable(),
  });
  expect(last.content).toMatchObject([{ text: "42" }]);
  const results = ((server.requests[1]?.messages ?? []) as Array<{ content: object[] }>).at(-1)?.content;
  expect(results).toMatchObject([
    { tool_use_id: "1", content: "42" },
    { tool_use_id: "2", is_error: true, content: expect.stringContaining("the cellar is flooded") },
  ]);
});

test("a hundred calls at once, an abort, a registry that changes", async () => {
  const runtime = await adapterRuntime();
  const lua = anthropicTools(runtime);
  const many = Array.from({ length: 100 }, (_, i) => use(String(i), "demo-add", { a: i, b: 1 }));
  expect((await lua.run(message(...many) as Anthropic.Message)).map(({ content }) => content)).toEqual(
    many.map((_, i) => String(i + 1)),
  );
  const controller = new AbortController();
  const endless = lua.run([use("1", "demo-forever", {})], {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  expect((await failure(endless)).code).toBe("aborted");
  await addSkills(runtime, laterFiles);
  expect(lua.tools.map(({ name }) => name)).toContain("later-hello");
});
