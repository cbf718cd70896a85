import { expect, onTestFinished, test, vi } from "vitest";
import type { ModelContext, ModelContextTool } from "../../../src/adapters/webmcp/index.ts";
import { type WebMcpOptions, webMcp } from "../../../src/adapters/webmcp/index.ts";
import type { LuaSkillsError } from "../../../src/errors.ts";
import { adapterRuntime, addSkills, laterFiles } from "../runtime.ts";

const demo = ["demo-add", "demo-count", "demo-fail", "demo-forever"];

/** `document.modelContext` of the draft: promises, a signal that takes a tool back, no second tool of a name. */
class DraftContext implements ModelContext {
  readonly tools = new Map<string, ModelContextTool>();

  async registerTool(tool: ModelContextTool, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.tools.has(tool.name)) throw new DOMException("the name is taken", "InvalidStateError");
    if (!/^[\w.-]{1,128}$/.test(tool.name)) throw new DOMException("bad name", "InvalidStateError");
    if (tool.description === "") throw new DOMException("no description", "InvalidStateError");
    JSON.stringify(tool.inputSchema);
    this.tools.set(tool.name, tool);
    signal?.addEventListener("abort", () => this.tools.delete(tool.name));
  }

  /** As the browser does: the input goes as JSON, the output comes as JSON, an error has no text. */
  async execute(name: string, input: object, signal = new AbortController().signal): Promise<unknown> {
    const tool = this.tools.get(name);
    if (!tool) throw new DOMException("no such tool", "UnknownError");
    try {
      return JSON.parse(JSON.stringify(await tool.execute(JSON.parse(JSON.stringify(input)), { signal })));
    } catch {
      throw signal.aborted ? signal.reason : new DOMException("", "UnknownError");
    }
  }
}

/** The first draft: one call that replaces all tools. */
class FirstContext implements ModelContext {
  tools: readonly ModelContextTool[] = [];
  provideContext({ tools }: { readonly tools: readonly ModelContextTool[] }): void {
    this.tools = tools;
  }
}

/** The draft between: `unregisterTool`, and no signals. */
class SecondContext implements ModelContext {
  readonly tools = new Map<string, ModelContextTool>();
  registerTool(tool: ModelContextTool): void {
    if (this.tools.has(tool.name)) throw new Error("duplicate");
    this.tools.set(tool.name, tool);
  }
  unregisterTool(name: string): void {
    if (!this.tools.delete(name)) throw new Error("unknown tool");
  }
}

async function offered<T extends ModelContext>(modelContext: T, options: Partial<WebMcpOptions> = {}) {
  const runtime = await adapterRuntime();
  const errors: LuaSkillsError[] = [];
  const onError = (error: LuaSkillsError) => void errors.push(error);
  const web = webMcp(runtime, { experimental: true, modelContext, onError, ...options });
  onTestFinished(() => web.close());
  return { runtime, web, errors, context: modelContext };
}

test("the agent of the browser lists and calls entries", async () => {
  const { context, web } = await offered(new DraftContext());
  expect(web).toMatchObject({ supported: true, tools: demo });
  expect([...context.tools.keys()].sort()).toEqual(demo);
  expect(context.tools.get("demo-add")).toMatchObject({
    title: "demo: add",
    description: "Adds two numbers.",
    inputSchema: { type: "object", required: ["a", "b"] },
  });
  expect(await context.execute("demo-add", { a: 19, b: 23 })).toEqual({ content: [{ type: "text", text: "42" }] });
});

test("errors come as text a model can read, and cancelling ends an endless call", async () => {
  const { context } = await offered(new DraftContext());
  const misfit = await context.execute("demo-add", { a: "x", b: 1 });
  expect(misfit).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("expected number") }] });
  const failed = await context.execute("demo-fail", {});
  expect(failed).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("cellar is flooded") }] });
  const abort = new AbortController();
  const endless = context.execute("demo-forever", {}, abort.signal);
  abort.abort(new Error("enough"));
  await expect(endless).rejects.toThrow("enough");
});

test.each([
  ["the draft", new DraftContext()],
  ["the draft before", new SecondContext()],
])("tools follow the registry and are taken back: %s", async (_name, context) => {
  const { runtime, web, errors } = await offered(context, { include: ["demo-a*", "later-*"] });
  const names = () => [...context.tools.keys()].sort();
  expect(names()).toEqual(["demo-add"]);
  const before = context.tools.get("demo-add");
  await addSkills(runtime, laterFiles);
  expect(names()).toEqual(["demo-add", "later-hello"]);
  expect(web.tools).toEqual(names());
  expect(before).toBeDefined();
  await runtime.skills.disable("later");
  expect(names()).toEqual(["demo-add"]);
  web.close();
  web.close();
  expect(names()).toEqual([]);
  await runtime.skills.enable("later");
  expect(names()).toEqual([]);
  expect(errors).toEqual([]);
});

test("where there is only provideContext, all tools go at once", async () => {
  const { runtime, web, context } = await offered(new FirstContext(), { exclude: ["demo-f*"] });
  const names = () => context.tools.map(({ name }) => name);
  expect(names()).toEqual(["demo-add", "demo-count"]);
  await addSkills(runtime, laterFiles);
  expect(names()).toEqual(["demo-add", "demo-count", "later-hello"]);
  web.close();
  expect(names()).toEqual([]);
});

test("a tool the browser refuses is told, and the others stay", async () => {
  const context = new DraftContext();
  await context.registerTool({
    name: "demo-add",
    title: "",
    description: "the page's own",
    inputSchema: {},
    execute: async () => "own",
  });
  const { web, errors } = await offered(context);
  await vi.waitFor(() => expect(web.tools).toEqual(demo.slice(1)));
  expect(errors.map(({ code, message }) => [code, message])).toEqual([
    ["capability_unavailable", "the browser does not take demo-add: the name is taken"],
  ]);
  web.close();
  expect([...context.tools.keys()]).toEqual(["demo-add"]);
});

test("it has to be asked for, and a browser without it is no error", async () => {
  const runtime = await adapterRuntime();
  expect(() => webMcp(runtime, {} as WebMcpOptions)).toThrow("webMcp needs { experimental: true }");
  const web = webMcp(runtime, { experimental: true });
  expect(web).toMatchObject({ supported: false, tools: [] });
  web.close();
  const navigator = new DraftContext();
  vi.stubGlobal("navigator", { modelContext: navigator });
  onTestFinished(() => void vi.unstubAllGlobals());
  onTestFinished(webMcp(runtime, { experimental: true }).close);
  expect(navigator.tools.size).toBe(demo.length);
});
