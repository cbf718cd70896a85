/**
 * What a client sees, whatever the transport between.
 * @module
 */
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  LoggingMessageNotificationSchema,
  type McpError,
  PromptListChangedNotificationSchema,
  ResourceListChangedNotificationSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { expect, it } from "vitest";
import { textOf } from "./world.ts";

export interface Meeting {
  readonly client: Client;
  /** Puts a skill `late` with an entry `hello` beside the probe. */
  readonly install: () => Promise<void>;
}

export function clientSuite(meet: () => Meeting): void {
  it("lists tools with schemas, titles and annotations", async () => {
    const { tools } = await meet().client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "probe-add",
      "probe-boom",
      "probe-count",
      "probe-echo",
      "probe-loop",
      "probe-steps",
    ]);
    expect(tools[0]).toMatchObject({
      title: "Addition",
      description: "Adds two numbers.",
      inputSchema: { type: "object", required: ["a", "b"] },
      outputSchema: { type: "object", required: ["sum"] },
      annotations: { readOnlyHint: true, idempotentHint: true },
    });
    expect(tools[0]?.inputSchema).not.toHaveProperty("x-mcp");
    expect(tools[3]).toMatchObject({ title: "probe: echo", inputSchema: { required: ["text"] } });
  });

  it("calls a tool: text, and structured content that meets its schema", async () => {
    const { client } = meet();
    await client.listTools();
    const result = await client.callTool({ name: "probe-add", arguments: { a: 19, b: 23 } });
    expect(result).toMatchObject({ content: [{ type: "text", text: '{"sum":42}' }], structuredContent: { sum: 42 } });
    expect(result._meta?.["luaskills/usage"]).toMatchObject({ instructions: expect.any(Number) });
  });

  it("tells the log of a call while it runs, from the wanted level on", async () => {
    const { client } = meet();
    const heard: unknown[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void heard.push(params));
    expect(textOf(await client.callTool({ name: "probe-steps" }))).toBe("done");
    expect(heard).toMatchObject(
      [1, 2, 3].map((step) => ({ logger: "probe", data: expect.stringContaining(`step ${step}`) })),
    );
    heard.length = 0;
    await client.setLoggingLevel("warning");
    await client.callTool({ name: "probe-steps" });
    expect(heard).toMatchObject([{ level: "warning", data: expect.stringContaining("step 3") }]);
    await client.setLoggingLevel("info");
  });

  it("tells the progress of a call, in order", async () => {
    const { client } = meet();
    const heard: unknown[] = [];
    const call = { name: "probe-count" };
    const answer = await client.callTool(call, undefined, { onprogress: (progress) => void heard.push(progress) });
    expect(textOf(answer)).toBe("counted");
    expect(heard).toEqual([1, 2, 3].map((step) => ({ progress: step, total: 3, message: `step ${step}` })));
  });

  it("holds arguments against the schema", async () => {
    const { client } = meet();
    const refused = await client.callTool({ name: "probe-add", arguments: { a: "1", b: 2 } });
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toMatch(/^Error \(invalid_argument\): .*number/);
  });

  it("cancels an endless skill, and goes on", async () => {
    const { client } = meet();
    const begun = new Promise<void>((resolve) =>
      client.setNotificationHandler(LoggingMessageNotificationSchema, () => resolve()),
    );
    const controller = new AbortController();
    const call = client.callTool({ name: "probe-loop" }, undefined, { signal: controller.signal, timeout: 60_000 });
    await begun;
    controller.abort("enough");
    await expect(call).rejects.toThrow("enough");
    expect(textOf(await client.callTool({ name: "probe-echo", arguments: { text: "alive" } }))).toBe("alive");
  });

  it("tells the model what went wrong, and the client how", async () => {
    const { client } = meet();
    const failed = await client.callTool({ name: "probe-boom" });
    expect(failed.isError).toBe(true);
    expect(textOf(failed)).toMatch(/^Error \(lua_error\): .*kaput/);
    expect(failed._meta?.["luaskills/error"]).toMatchObject({ code: "lua_error" });
    const unknown: McpError = await client.callTool({ name: "probe-ad" }).then(
      () => Promise.reject(new Error("it was called")),
      (thrown) => thrown,
    );
    expect(unknown).toMatchObject({ code: -32602, message: expect.stringContaining("probe-add") });
  });

  it("answers 100 calls at a time, each its own", async () => {
    const { client } = meet();
    const texts = Array.from({ length: 100 }, (_, n) => `call ${n}`);
    const answers = await Promise.all(
      texts.map((text) => client.callTool({ name: "probe-echo", arguments: { text } }, undefined, { timeout: 60_000 })),
    );
    expect(answers.map(textOf)).toEqual(texts);
  });

  it("gives help as resources and as prompts", async () => {
    const { client } = meet();
    const { resources } = await client.listResources();
    expect(resources.filter(({ uri }) => uri.startsWith("luaskills://help/"))).toMatchObject([
      { uri: "luaskills://help/probe/main", name: "probe", mimeType: "text/markdown", description: "All of it" },
      { uri: "luaskills://help/probe/sums", name: "probe-sums" },
    ]);
    const { contents } = await client.readResource({ uri: "luaskills://help/probe/sums" });
    expect(contents).toMatchObject([{ text: "Add with probe-add.\n", mimeType: "text/markdown" }]);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(["probe", "probe-sums"]);
    const { messages } = await client.getPrompt({ name: "probe-sums", arguments: { task: "2 + 2" } });
    expect(messages).toMatchObject([
      { role: "user", content: { type: "text", text: "Add with probe-add.\n\n\nThe task: 2 + 2" } },
    ]);
    await expect(client.getPrompt({ name: "nope" })).rejects.toMatchObject({ code: -32602 });
    await expect(client.readResource({ uri: "luaskills://help/probe/none" })).rejects.toMatchObject({ code: -32002 });
  });

  it("tells that the registry has changed", async () => {
    const { client, install } = meet();
    const told = [
      ToolListChangedNotificationSchema,
      ResourceListChangedNotificationSchema,
      PromptListChangedNotificationSchema,
    ].map((schema) => new Promise<void>((resolve) => client.setNotificationHandler(schema, () => resolve())));
    await install();
    await Promise.all(told);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("late-hello");
    expect(textOf(await client.callTool({ name: "late-hello" }))).toBe("hello");
  });
}

export const lateSkill: Readonly<Record<string, string>> = {
  "skill.yaml":
    "name: Late\nversion: 1.0.0\nentries:\n  - { name: hello, lua_entry: runtime/hello.lua, lua_module: late.hello }\n",
  "runtime/hello.lua": 'return function() return "hello" end',
};
