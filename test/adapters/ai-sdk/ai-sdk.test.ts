import * as ai7 from "ai";
import { MockLanguageModelV4 } from "ai/test";
import * as ai5 from "ai-5";
import { MockLanguageModelV2 } from "ai-5/test";
import * as ai6 from "ai-6";
import { MockLanguageModelV3 } from "ai-6/test";
import { describe, expect, test } from "vitest";
import { aiTools } from "../../../src/adapters/ai-sdk/index.ts";
import { LuaSkillsError } from "../../../src/errors.ts";
import { adapterRuntime, addSkills, laterFiles } from "../runtime.ts";

type Call = readonly [name: string, input: object];

/** What the three versions have in common, as far as these tests go. */
interface Sdk {
  generateText(options: Record<string, unknown>): Promise<{
    text: string;
    steps: ReadonlyArray<{ content: ReadonlyArray<Record<string, unknown>> }>;
  }>;
  streamText(options: Record<string, unknown>): { fullStream: AsyncIterable<Record<string, unknown>> };
  stepCountIs(count: number): unknown;
}

interface SeenByModel {
  readonly doGenerateCalls: ReadonlyArray<{ readonly tools?: readonly unknown[]; readonly prompt: readonly unknown[] }>;
}

const parts = (calls: readonly Call[]) =>
  calls.map(([toolName, input], i) => ({
    type: "tool-call" as const,
    toolCallId: `call-${i}`,
    toolName,
    input: JSON.stringify(input),
  }));
const oldUsage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
const newUsage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that calls tools in its first turn and says "done" in its second. */
function models(sdk: Sdk, version: 5 | 6 | 7) {
  return (...calls: Call[]) => {
    const turns = [parts(calls), [{ type: "text" as const, text: "done" }]].map((content, turn) => ({
      content,
      finishReason: turn === 0 ? "tool-calls" : "stop",
      warnings: [],
    }));
    let turn = 0;
    const next = () => {
      const { finishReason, ...rest } = turns[Math.min(turn++, 1)] ?? turns[1] ?? { content: [], finishReason: "stop" };
      const finish =
        version === 5
          ? { finishReason, usage: oldUsage }
          : { finishReason: { unified: finishReason, raw: finishReason }, usage: newUsage };
      return { ...rest, ...finish };
    };
    const doGenerate = async () => next();
    const doStream = async () => {
      const { content, warnings: _, ...finish } = next() as { content: object[]; warnings: unknown };
      const deltas = content.flatMap((part) =>
        "text" in part
          ? [
              { type: "text-start", id: "t" },
              { type: "text-delta", id: "t", delta: part.text },
              { type: "text-end", id: "t" },
            ]
          : [part],
      );
      const chunks = [{ type: "stream-start", warnings: [] }, ...deltas, { type: "finish", ...finish }];
      return { stream: ai7.simulateReadableStream({ chunks, chunkDelayInMs: null, initialDelayInMs: null }) };
    };
    const Mock = { 5: MockLanguageModelV2, 6: MockLanguageModelV3, 7: MockLanguageModelV4 }[version];
    const model = new Mock({ doGenerate, doStream } as never) as unknown as SeenByModel;
    return { model, prompt: "go", stopWhen: sdk.stepCountIs(2) };
  };
}

describe.each([
  [5, ai5 as unknown as Sdk],
  [6, ai6 as unknown as Sdk],
  [7, ai7 as unknown as Sdk],
] as const)("AI SDK %i", (version, sdk) => {
  const calling = models(sdk, version);

  test("lists the tools, calls them at once, gives the model text", async () => {
    const tools = aiTools(await adapterRuntime());
    const asked = calling(["demo-add", { a: 2, b: 3 }], ["demo-count", { to: 2 }]);
    const { text, steps } = await sdk.generateText({ ...asked, tools });
    expect(text).toBe("done");
    expect(steps[0]?.content.filter(({ type }) => type === "tool-result").map(({ output }) => output)).toEqual([
      { content: "5" },
      { content: "counted to 2" },
    ]);
    const [first, second] = asked.model.doGenerateCalls;
    expect(first?.tools).toContainEqual(
      expect.objectContaining({
        type: "function",
        name: "demo-add",
        description: "Adds two numbers.",
        inputSchema: expect.objectContaining({ type: "object", required: ["a", "b"] }),
      }),
    );
    expect(JSON.stringify(second?.prompt.at(-1))).toContain('"output":{"type":"text","value":"5"}');
  });

  test("a failed call, and arguments that do not fit, are errors of the tool", async () => {
    const tools = aiTools(await adapterRuntime());
    const { steps } = await sdk.generateText({ ...calling(["demo-fail", {}], ["demo-add", { a: "x", b: 1 }]), tools });
    const errors = steps[0]?.content.filter(({ type }) => type === "tool-error").map(({ error }) => error) ?? [];
    expect(errors.every((error) => error instanceof LuaSkillsError)).toBe(true);
    expect(errors.map((error) => (error as LuaSkillsError).code).sort()).toEqual(["invalid_argument", "lua_error"]);
  });

  test("streams progress as preliminary results", async () => {
    const tools = aiTools(await adapterRuntime(), { progress: true });
    const results: unknown[] = [];
    for await (const part of sdk.streamText({ ...calling(["demo-count", { to: 2 }]), tools }).fullStream)
      if (part.type === "tool-result") results.push([part.preliminary ?? false, part.output]);
    expect(results.at(-1)).toEqual([false, { content: "counted to 2" }]);
    const preliminary = results.slice(0, -1);
    expect(JSON.stringify(preliminary)).toContain('"progress"');
    for (const [early, output] of preliminary as Array<[boolean, object]>) {
      expect(early).toBe(true);
      // The AI SDK shows the last value as a preliminary one, too.
      if (!("content" in output)) expect(output).toMatchObject({ progress: { skill: "demo", total: 2 } });
    }
  });

  test("an abort ends an endless skill", async () => {
    const controller = new AbortController();
    let stopped: unknown;
    const tools = aiTools(await adapterRuntime(), { progress: () => controller.abort(new Error("enough")) });
    const execute = tools["demo-forever"]?.execute as (input: object, options: object) => Promise<unknown>;
    const watched = {
      ...tools,
      "demo-forever": {
        ...tools["demo-forever"],
        execute: async (input: object, options: object) => {
          try {
            return await execute(input, options);
          } catch (thrown) {
            stopped = thrown;
            throw thrown;
          }
        },
      },
    };
    const asked = { ...calling(["demo-forever", {}]), tools: watched, abortSignal: controller.signal };
    await sdk.generateText(asked).catch(() => undefined);
    expect(stopped).toMatchObject({ code: "aborted" });
  });

  test("follows the registry, and a hundred calls at once each get their own answer", async () => {
    const runtime = await adapterRuntime();
    const tools = aiTools(runtime);
    expect(Object.keys(tools)).not.toContain("later-hello");
    await addSkills(runtime, laterFiles);
    expect(Object.keys({ ...tools })).toContain("later-hello");
    const calls = Array.from({ length: 100 }, (_, i): Call => ["demo-add", { a: i, b: 1 }]);
    const { steps } = await sdk.generateText({ ...calling(...calls, ["later-hello", {}]), tools });
    const outputs = steps[0]?.content.filter(({ type }) => type === "tool-result").map(({ output }) => output);
    expect(outputs).toEqual([...calls.map((_, i) => ({ content: String(i + 1) })), { content: "hello" }]);
  });
});

test("approval is the AI SDK's from version 6 on", async () => {
  const tools = aiTools(await adapterRuntime(), { needsApproval: (entry) => entry.name === "demo-fail" });
  const calling = models(ai6 as unknown as Sdk, 6);
  const { steps } = await ai6.generateText({
    ...(calling(["demo-add", { a: 1, b: 1 }], ["demo-fail", {}]) as unknown as Parameters<typeof ai6.generateText>[0]),
    tools: tools as unknown as ai6.ToolSet,
  });
  const types = steps[0]?.content.map(({ type }) => type);
  expect(types).toContain("tool-approval-request");
  expect(types).not.toContain("tool-error");
});

test("the set is one to read", async () => {
  const tools = aiTools(await adapterRuntime());
  expect(tools["demo-add"]).toBe(tools["demo-add"]);
  expect("demo-add" in tools && !("demo-gone" in tools)).toBe(true);
  expect(() => Object.assign(tools, { mine: {} })).toThrow(TypeError);
  expect(Object.hasOwn(tools, "toString")).toBe(false);
});
