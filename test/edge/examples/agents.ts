/** The examples for agents: each is run as its readme says, with the repository's packages beside it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { build } from "vite";
import type { App } from "../../browser/consumers/app.ts";
import { launch } from "../../browser/engines/launch.ts";
import { serve } from "../../browser/serve.ts";

/** Copies the example below the application, where the tarball is installed. */
function placed(app: App, name: string, packages: readonly string[]): string {
  const folder = path.join(app.folder, name);
  cpSync(path.join("examples", name), folder, { recursive: true });
  for (const each of packages) {
    const link = path.join(app.folder, "node_modules", each);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.resolve("node_modules", each), link);
  }
  return folder;
}

/** The module's output as JSON: its last line. */
function printed(folder: string, module: string, env: Readonly<Record<string, string>> = {}): unknown {
  const args = ["--input-type=module", "--eval", module];
  const text = execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", env: { ...process.env, ...env } });
  return JSON.parse(text.trim().split("\n").at(-1) ?? "");
}

/** A model that keeps a note and then reads all of them. */
const chatWithMock = `
import { MockLanguageModelV4 } from "ai/test";
import { aiTools } from "luaskills-wasm/ai-sdk";
import { createEdgeRuntime } from "luaskills-wasm/edge";
import { chat } from "./chat.js";
import { skillFiles } from "./skill-files.js";
const usage = { inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 1, text: 1, reasoning: 0 } };
const call = (toolName, input) => ({ type: "tool-call", toolCallId: toolName, toolName, input: JSON.stringify(input) });
const seen = [];
const turns = [
  () => [call("notes-add", { text: "milk" })],
  () => [call("notes-list", {})],
  () => [{ type: "text-start", id: "1" }, { type: "text-delta", id: "1", delta: "There is milk." }, { type: "text-end", id: "1" }],
];
const model = new MockLanguageModelV4({
  doStream: async ({ prompt }) => {
    seen.push(JSON.stringify(prompt));
    const parts = turns[seen.length - 1]();
    const why = parts[0].type === "tool-call" ? "tool-calls" : "stop";
    return { stream: new ReadableStream({ start(stream) {
      for (const part of [{ type: "stream-start", warnings: [] }, ...parts, { type: "finish", finishReason: { unified: why, raw: why }, usage }]) stream.enqueue(part);
      stream.close();
    } }) };
  },
});
const runtime = await createEdgeRuntime({ storage: "memory", skills: await skillFiles("skills") });
let said = "";
await chat({ model, tools: aiTools(runtime), lines: ["What is to be bought?"], write: (text) => { said += text; } });
await runtime.close();
console.log(JSON.stringify({ said, seen: seen.at(-1) }));`;

async function aiSdkChat(app: App): Promise<void> {
  const folder = placed(app, "ai-sdk-chat", ["ai"]);
  const { said, seen } = printed(folder, chatWithMock) as { said: string; seen: string };
  assert.match(said, /\[notes-add {"text":"milk"}\]\n\[notes-list {}\]\nThere is milk\./);
  assert.match(seen, /note 1 is kept/);
  assert.match(seen, /1\. milk/);
}

async function mcpServer(app: App): Promise<void> {
  const folder = placed(app, "mcp-server", ["@modelcontextprotocol/sdk"]);
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: ["server.js"], cwd: folder }));
  try {
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name, annotations }) => [name, annotations]),
      [["units-convert", { readOnlyHint: true }]],
    );
    const answer = await client.callTool({ name: "units-convert", arguments: { value: 5, from: "mi", to: "km" } });
    assert.deepEqual(answer.content, [{ type: "text", text: "8.04672 km" }]);
    assert.match(client.getInstructions() ?? "", /units-convert/);
  } finally {
    await client.close();
  }
}

const askHono = `
import { app, runtime } from "./app.js";
const post = (path, body, headers = {}) => app.request(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
const json = async (response) => [(await response).status, await (await response).json()];
const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const accept = { accept: "application/json, text/event-stream" };
const answers = [
  await json(app.request("/tools")),
  await json(post("/tools/slugs-make", { text: "Hello, World!" })),
  await json(post("/tools/slugs-make", { text: 7 })),
  await json(post("/tools/none", {})),
  (await post("/mcp", list, accept)).status,
  await (await post("/mcp", list, { ...accept, authorization: "Bearer secret" })).text(),
];
await runtime.close();
console.log(JSON.stringify(answers));`;

async function hono(app: App): Promise<void> {
  const folder = placed(app, "hono", ["hono"]);
  const [tools, made, misfit, none, refused, mcp] = printed(folder, askHono, { TOKEN: "secret" }) as unknown[];
  assert.equal(((tools as unknown[])[1] as Array<{ name: string }>)[0]?.name, "slugs-make");
  assert.deepEqual(made, [200, { content: "hello-world" }]);
  assert.deepEqual([(misfit as unknown[])[0], (none as unknown[])[0], refused], [400, 404, 401]);
  assert.match(String(mcp), /slugs-make/);
}

const askRoute = `
import { GET, POST } from "./app/api/skills/route.js";
const post = (body) => POST(new Request("http://localhost/api/skills", { method: "POST", body: JSON.stringify(body) }));
const tools = await (await GET()).json();
const counted = await (await post({ name: "words-count", args: { text: "one two three" } })).json();
console.log(JSON.stringify([tools[0].name, counted, (await post({ name: "words-count", args: {} })).status, (await post({ name: "x" })).status]));`;

async function nextRoute(app: App): Promise<void> {
  const folder = placed(app, "next-route", []);
  assert.deepEqual(printed(folder, askRoute), ["words-count", { content: "3" }, 400, 404]);
}

async function react(app: App): Promise<void> {
  const folder = placed(app, "react", ["react", "react-dom"]);
  await build({ root: folder, configFile: false, logLevel: "error" });
  const server = await serve({ folders: { "/": [path.join(folder, "dist")] } });
  const browser = await launch("chromium");
  try {
    await browser.go(`${server.origin}/index.html`);
    const shown = await browser.evaluate(`(async () => {
      const until = async (met) => { while (!met()) await new Promise((next) => setTimeout(next, 20)); };
      const find = (name) => document.querySelector(name);
      await until(() => find("button") && !find("button").disabled);
      const write = (text) => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(find("input"), text);
        find("input").dispatchEvent(new Event("input", { bubbles: true }));
      };
      for (const text of ["milk", "bread"]) {
        write(text);
        await until(() => !find("button").disabled);
        find("form").requestSubmit();
        await until(() => find("output").textContent.includes(text));
      }
      return find("output").textContent;
    })()`);
    assert.equal(shown, "milk, bread");
  } finally {
    await browser.close();
    await server.close();
  }
}

export const agentExamples: Readonly<Record<string, (app: App) => Promise<void>>> = {
  "ai-sdk-chat": aiSdkChat,
  "mcp-server": mcpServer,
  hono,
  "next-route": nextRoute,
  react,
};
