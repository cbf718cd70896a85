import { describe, expect, test } from "vitest";
import { type ToolProgress, toTools } from "../../../src/adapters/tools/index.ts";
import { safeToolName } from "../../../src/adapters/tools/tool-name.ts";
import type { CallProgress, EntryDescriptor } from "../../../src/contract/contract.ts";
import { failure } from "../../../src/testing/test-engine.ts";
import { adapterRuntime, addSkills, laterFiles } from "../runtime.ts";

const vendorSafe = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;

describe("toTools", () => {
  test("lists every entry with name, description and schema", async () => {
    const tools = toTools(await adapterRuntime());
    expect([...tools].map(({ name, description }) => [name, description])).toEqual([
      ["demo-add", "Adds two numbers."],
      ["demo-count", "Counts, and says how far it is."],
      ["demo-fail", "Always fails."],
      ["demo-forever", "Never ends."],
    ]);
    expect(tools.get("demo-add")?.inputSchema).toMatchObject({ type: "object", required: ["a", "b"] });
    expect(tools.list()).toBe(tools.list());
  });

  test("calls, and tells progress before the result", async () => {
    const heard: ToolProgress[] = [];
    const tools = toTools(await adapterRuntime(), { progress: (event) => heard.push(event) });
    const own: CallProgress[] = [];
    const answer = await tools.get("demo-count")?.execute({ to: 3 }, { onProgress: (event) => own.push(event) });
    expect(answer?.content).toBe("counted to 3");
    expect(own).toEqual([1, 2, 3].map((n) => ({ skill: "demo", done: n, total: 3, message: `at ${n}` })));
    expect(heard).toEqual(own.map((event) => ({ ...event, tool: "demo-count" })));
  });

  test.each([
    [{ a: 1 }, { path: "b", expected: "number", got: "nothing" }],
    [
      { a: "1", b: 2 },
      { path: "a", expected: "number", got: 'string "1"' },
    ],
    [
      { a: 1, b: 2, c: 3 },
      { path: "c", expected: "no such member (known: a, b)", got: "number 3" },
    ],
    [[1, 2], { path: "arguments", expected: "object", got: "array" }],
  ])("refuses %j before the call", async (args, problem) => {
    const tools = toTools(await adapterRuntime());
    const error = await failure(tools.get("demo-add")?.execute(args) ?? Promise.resolve());
    expect(error).toMatchObject({ code: "invalid_argument", data: problem });
    expect(error.message).toContain("arguments of 'demo-add'");
    expect(error.message).toContain(`${problem.path}: expected ${problem.expected}, got ${problem.got}`);
  });

  test("stops an endless skill by its signal and by its time", async () => {
    const tools = toTools(await adapterRuntime(), { timeoutMs: 60 });
    const forever = tools.get("demo-forever");
    const controller = new AbortController();
    const stopped = forever?.execute(
      {},
      {
        signal: controller.signal,
        timeoutMs: 0,
        onProgress: () => controller.abort(new Error("the user left")),
      },
    );
    expect(await failure(stopped ?? Promise.resolve())).toMatchObject({ code: "aborted" });
    expect((await failure(forever?.execute({}) ?? Promise.resolve())).code).toBe("deadline_exceeded");
  });

  test("asks before each call when it should", async () => {
    const asked: unknown[] = [];
    const tools = toTools(await adapterRuntime(), {
      approve: ({ name, args }) => {
        asked.push([name, args]);
        return name === "demo-add" || { approved: false, reason: "not on a Monday" };
      },
    });
    expect((await tools.get("demo-add")?.execute({ a: 1, b: 2 }))?.content).toBe("3");
    const error = await failure(tools.get("demo-fail")?.execute(null) ?? Promise.resolve());
    expect(error).toMatchObject({ code: "permission_denied", data: { reason: "not on a Monday" } });
    expect(asked).toEqual([
      ["demo-add", { a: 1, b: 2 }],
      ["demo-fail", {}],
    ]);
  });

  test("follows the registry", async () => {
    const runtime = await adapterRuntime();
    const tools = toTools(runtime, { include: ["later-*", "demo-add"] });
    const before = tools.list();
    let changes = 0;
    const end = tools.subscribe(() => changes++);
    await addSkills(runtime, laterFiles);
    expect(changes).toBeGreaterThan(0);
    expect(tools.list()).not.toBe(before);
    expect(tools.list().map(({ name }) => name)).toEqual(["demo-add", "later-hello"]);
    end();
    await runtime.skills.disable("later");
    expect(tools.get("later-hello")).toBeUndefined();
    expect(changes).toBe(1);
  });

  test("answers a hundred calls at once, each its own", async () => {
    const add = toTools(await adapterRuntime()).get("demo-add");
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => add?.execute({ a: i, b: 1 })));
    expect(answers.map((answer) => answer?.content)).toEqual(Array.from({ length: 100 }, (_, i) => String(i + 1)));
  });
});

describe("which entries, under which names", () => {
  const entry = (name: string): EntryDescriptor => ({
    name,
    skillId: name.split("-")[0] ?? "",
    localName: name,
    rootName: "ROOT",
    skillDir: "/runtime/skills/x",
    description: "",
    parameters: [],
    inputSchema: { type: "object" },
  });
  const named = (...names: string[]) => ({
    list: () => names.map(entry),
    call: () => Promise.reject(new Error("nobody calls")),
    subscribe: () => () => {},
  });

  test.each([
    [["a-*"], undefined, ["a-one", "a-two"]],
    [["*-one"], undefined, ["a-one", "b-one"]],
    [undefined, ["a-*"], ["b-one"]],
    [["*"], ["*-t*o"], ["a-one", "b-one"]],
    [["a-one"], undefined, ["a-one"]],
    [["a-on"], undefined, []],
    [[], undefined, []],
  ])("include %j exclude %j gives %j", (include, exclude, expected) => {
    const runtime = named("a-one", "a-two", "b-one");
    const tools = toTools(runtime, { ...(include ? { include } : {}), ...(exclude ? { exclude } : {}) });
    expect(tools.list().map(({ name }) => name)).toEqual(expected);
  });

  test.each([
    "plain-name",
    "with.dot",
    "ünïcode",
    "9lives",
    "-dash",
    "a".repeat(65),
    "a".repeat(200),
    "",
    "💧💧",
    "a b",
  ])("%j has a safe name, always the same", (name) => {
    expect(safeToolName(name)).toMatch(vendorSafe);
    expect(safeToolName(name)).toBe(safeToolName(name));
  });

  test("names that lose their difference do not meet, and lead back", () => {
    const names = ["a.b", "a b", "a_b", `${"x".repeat(80)}1`, `${"x".repeat(80)}2`];
    const tools = toTools(named(...names));
    expect(new Set(tools.list().map(({ name }) => name)).size).toBe(names.length);
    for (const name of names) expect(tools.get(tools.nameOf(name) ?? "")?.entry.name).toBe(name);
    expect(tools.nameOf("a_b")).toBe("a_b");
  });

  test("a name of one's own is made safe; one that is taken gets a mark", () => {
    const tools = toTools(named("a-one", "b-one"), { rename: { "a-one": "first one", "b-one": "first one" } });
    const [a, b] = tools.list().map(({ name }) => name);
    expect(a).toMatch(/^first_one_[0-9a-f]{8}$/);
    expect(b).toMatch(vendorSafe);
    expect(b).not.toBe(a);
    expect(tools.get(b ?? "")?.entry.name).toBe("b-one");
  });

  test("a chosen name does not move an entry that has it", () => {
    const tools = toTools(named("a-one", "b-one"), { rename: { "a-one": "b-one" } });
    expect(tools.nameOf("b-one")).toBe("b-one");
    expect(tools.nameOf("a-one")).toMatch(/^a-one_[0-9a-f]{8}$/);
  });
});
