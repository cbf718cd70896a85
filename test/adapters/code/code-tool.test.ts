import { describe, expect, onTestFinished, test } from "vitest";
import { aiTools } from "../../../src/adapters/ai-sdk/index.ts";
import { anthropicTools } from "../../../src/adapters/anthropic/index.ts";
import { type CodeToolOptions, codeTool, luaSignatures } from "../../../src/adapters/code/index.ts";
import { openaiTools } from "../../../src/adapters/openai/index.ts";
import { toolErrorText } from "../../../src/adapters/tools/index.ts";
import type { NodeRuntimeOptions } from "../../../src/platforms/node/node.ts";
import { failure } from "../../../src/testing/test-engine.ts";
import { adapterRuntime, addSkills, laterFiles } from "../runtime.ts";

async function coding(options: CodeToolOptions = {}, runtimeOptions: NodeRuntimeOptions = {}) {
  const runtime = await adapterRuntime(runtimeOptions);
  const tool = codeTool(runtime, options);
  onTestFinished(() => tool.close());
  const run = async (code: string) => (await tool.execute({ code })).content;
  return { runtime, tool, run };
}

describe("run_lua", () => {
  test("answers with what the code returns and prints; globals stay", async () => {
    const { run } = await coding();
    expect(await run('total = tonumber(vulcan.call("demo-add", { a = 2, b = 3 })) return total')).toBe("5");
    expect(await run("total = total * 2 print('now', total)")).toBe("now\t10");
    expect(await run("print('hi') return { total = total }")).toBe('hi\n\nResult: {"total":10}');
    expect(await run("local x = 1")).toBe("nil (the code returned nothing; end it with `return`)");
    expect(await run("return 'text'")).toBe("text");
  });

  test("its description holds what it may call, and nothing else may be called", async () => {
    const { runtime, tool, run } = await coding({ skills: ["demo-add"] });
    expect(tool.name).toBe("run_lua");
    expect(tool.description).toContain('vulcan.call("demo-add", args: { a: number, b: number }): string');
    expect(tool.description).toContain("-- Adds two numbers.\n--   a: first\n--   b: second\n");
    expect(tool.description).not.toContain("demo-fail");
    expect(await run('return vulcan.call("demo-add", { a = 1, b = 1 })')).toBe("2");
    const refused = await failure(run('return vulcan.call("demo-fail", {})'));
    expect(refused.data.hint).toContain("by its exact name");
    await addSkills(runtime, laterFiles);
    expect(tool.description).not.toContain("later-hello");
  });

  test("follows the registry, and says what a reload cost", async () => {
    const { runtime, tool, run } = await coding();
    await run("kept = 1");
    await addSkills(runtime, laterFiles);
    expect(tool.description).toContain('vulcan.call("later-hello", args: ');
    expect(await run('return { kept == nil, vulcan.call("later-hello", {}) }')).toBe(
      '(What earlier code kept is gone.)\n\nResult: [true,"hello"]',
    );
  });

  test.each([
    ["local a\nlocal n = a.b\nreturn n", 2, "attempt to index local 'a'", "nil there"],
    ["if 1 != 2 then\nend", 1, "near '!'", "~="],
    ["local t = {\n  1,\nreturn t", 3, "near", "closed"],
    ["return ((1 + 2)", 1, "near", "closed"],
    ["x = 1\nnope(x)", 2, "attempt to call global 'nope'", "vulcan.call(name, args)"],
    ["\n\nreturn vulcan.call('demo-nope', {})", undefined, "Skill 'demo-nope' not found", "exact name"],
    ["return 'a' .. nil", 1, "concatenate", "tostring()"],
    ["return print", undefined, "Cannot convert Lua function", "data only"],
    ["while true do end", undefined, "did not end in time", "does not end"],
  ])("%j: line %s, the sentence, a hint", async (code, line, sentence, hint) => {
    const { run } = await coding({ timeoutMs: 60 });
    const error = await failure(run(code));
    expect(error.data.line).toBe(line);
    expect(error.data.sentence).toContain(sentence);
    expect(error.data.hint).toContain(hint);
    if (line !== undefined) {
      expect(error.message).toContain(`line ${line}:`);
      expect(error.message).toContain(`> ${line} | ${code.split("\n")[line - 1]}`);
    }
    expect(toolErrorText(error)).toContain(String(error.data.hint));
  });

  test("an error of an entry names the entry's text, and what was printed is not lost", async () => {
    const { run } = await coding();
    const error = await failure(run('print("step 1")\nreturn vulcan.call("demo-fail", {})'));
    expect(error.message).toContain("the cellar is flooded");
    expect(error.message).toContain("Printed before:\nstep 1");
  });

  test("stops with its signal, asks before it runs, keeps nothing when it should not, cuts what is long", async () => {
    const { tool } = await coding();
    const controller = new AbortController();
    const endless = tool.execute(
      { code: "vulcan.runtime.progress(1) while true do end" },
      { signal: controller.signal, onProgress: () => controller.abort() },
    );
    expect((await failure(endless)).code).toBe("aborted");
    const asking = await coding({ approve: ({ code }) => !code.includes("rm") });
    expect((await failure(asking.run("return 'rm'"))).code).toBe("permission_denied");
    const forgetful = await coding({ keep: false, maxCharacters: 10 });
    await forgetful.run("x = 1");
    expect(await forgetful.run("return x == nil")).toBe("true");
    expect(await forgetful.run("return ('y'):rep(30)")).toBe(
      `${"y".repeat(10)}\n… 20 more characters were cut off: return or print less.`,
    );
    expect((await failure(tool.execute({}))).data).toEqual({ path: "code", expected: "string", got: "nothing" });
    await tool.close();
    await tool.close();
    expect((await failure(tool.execute({ code: "return 1" }))).code).toBe("runtime_closed");
  });

  test("is a tool of every adapter", async () => {
    const { tool } = await coding();
    const code = "return 6 * 7";
    const openai = await openaiTools(tool).run({
      tool_calls: [{ id: "1", type: "function", function: { name: "run_lua", arguments: JSON.stringify({ code }) } }],
    });
    expect(openai).toEqual([{ role: "tool", tool_call_id: "1", content: "42" }]);
    const input = { code: "local a\nreturn a.b" };
    expect(await anthropicTools(tool).run([{ type: "tool_use", id: "2", name: "run_lua", input } as never])).toEqual([
      { type: "tool_result", tool_use_id: "2", is_error: true, content: expect.stringContaining("line 2:") },
    ]);
    expect(Object.keys(aiTools(tool))).toEqual(["run_lua"]);
  });
});

test("signatures cover what schemas say", () => {
  const entry = (properties: object, required: string[] = []) => ({
    name: "x-y",
    description: "",
    inputSchema: { type: "object" as const, properties, required, $defs: { p: { type: "string" } } },
  });
  const signature = (schema: object) =>
    luaSignatures({ list: () => [entry({ v: schema }, ["v"])] } as never)
      .replace(/^.*v: |}\): string$/g, "")
      .trim();
  expect(signature({ type: "array", items: { type: "integer" } })).toBe("integer[]");
  expect(signature({ type: ["string", "null"] })).toBe("string | nil");
  expect(signature({ enum: ["a", 1, null] })).toBe('"a" | 1 | nil');
  expect(signature({ anyOf: [{ type: "string" }, { type: "array", items: { type: ["number", "string"] } }] })).toBe(
    "string | (number | string)[]",
  );
  expect(signature({ $ref: "#/$defs/p" })).toBe("string");
  expect(signature({ type: "object", properties: { "a b": { type: "boolean" } } })).toBe('{ ["a b"]?: boolean }');
  expect(signature({ type: "object", additionalProperties: { type: "number" } })).toBe("{ [string]: number }");
  expect(signature({})).toBe("any");
});
