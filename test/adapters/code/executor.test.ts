import type { Executor } from "@cloudflare/codemode";
import { createCodeTool } from "@cloudflare/codemode/ai";
import { tool } from "ai";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { luaExecutor } from "../../../src/adapters/code/index.ts";
import { createNodeRuntime } from "../../../src/platforms/node/node.ts";

function executor(timeoutMs = 5_000) {
  const made = luaExecutor((lent) => createNodeRuntime({ storage: "memory", ...lent }), { timeoutMs });
  onTestFinished(() => made.close());
  return made satisfies Executor;
}

test("runs Lua with functions of providers, several namespaces, positional arguments, logs", async () => {
  const lua = executor();
  const math = { add: async (a: unknown, b: unknown) => Number(a) + Number(b) };
  const notes = { list: async () => [{ text: "milk" }], none: async () => undefined };
  expect(
    await lua.execute('print("go") return { math.add(1, 2), notes.list()[1].text, notes.none() == nil }', [
      { name: "math", fns: math },
      { name: "notes", fns: notes },
    ]),
  ).toEqual({ result: [3, "milk", true], logs: ["go"] });
  expect(await lua.execute("return codemode.add(20, 22)", math)).toMatchObject({ result: 42 });
});

test("never rejects: errors have lines of the model's text", async () => {
  const lua = executor();
  const boom = {
    boom: async () => {
      throw new Error("no such city");
    },
  };
  expect((await lua.execute("local a\nreturn a.b", {})).error).toContain("line 2: attempt to index local 'a'");
  expect((await lua.execute("\ncodemode.boom({})", boom)).error).toContain("line 2: no such city");
  expect((await lua.execute("return codemode.nope()", boom)).error).toContain(
    "there is no function codemode.nope; functions: codemode.boom",
  );
});

test("runs of one time keep apart", async () => {
  const lua = executor();
  const runs = Array.from({ length: 6 }, (_, i) =>
    lua.execute("mine = codemode.who() return { mine, codemode.who() }", { who: async () => i }),
  );
  expect((await Promise.all(runs)).map(({ result }) => result)).toEqual(runs.map((_, i) => [i, i]));
});

test("ends code that never ends, calls of functions included, and goes on", async () => {
  const lua = executor(300);
  const fns = { again: async () => 1 };
  expect((await lua.execute("while true do end", fns)).error).toMatch(/time|timeout/i);
  expect((await lua.execute("while true do pcall(codemode.again) end", fns)).error).toMatch(/time|timeout/i);
  expect(await lua.execute("return codemode.again()", fns)).toMatchObject({ result: 1 });
});

test("a hundred runs at once each get their own answer", async () => {
  const lua = executor(60_000);
  const echo = { echo: async (value: unknown) => value };
  const runs = Array.from({ length: 100 }, (_, i) => lua.execute(`return codemode.echo(${i})`, echo));
  expect((await Promise.all(runs)).map(({ result }) => result)).toEqual(runs.map((_, i) => i));
});

test("codemode's own tool takes it", async () => {
  const lua = executor();
  const code = createCodeTool({
    tools: {
      weather: tool({
        description: "Weather of a city",
        inputSchema: z.object({ city: z.string() }),
        execute: async ({ city }: { city: string }) => ({ city, sunny: true }),
      }),
    },
    executor: lua,
    description: "Write Lua. Functions: {{types}}",
  });
  const execute = code.execute as (input: object, options: object) => Promise<unknown>;
  const asked = (text: string) => execute({ code: text }, { toolCallId: "1", messages: [] });
  // Text that is no JavaScript, text that is some as well, and text that would be changed.
  expect(await asked('return codemode.weather({ city = "Oslo" }).sunny')).toMatchObject({ result: true });
  expect(await asked("1 + 1")).toMatchObject({ result: 2 });
  expect(await asked("x = 1\ny = (x)")).toMatchObject({ result: null });
  await expect(asked("local a\nreturn a.b")).rejects.toThrow("line 2: attempt to index local 'a'");
});
