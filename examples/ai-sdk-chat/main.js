// MODEL_URL=… MODEL=… node main.js [--code]: a chat in the terminal whose tools are skills.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import readline from "node:readline/promises";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { stepCountIs, streamText } from "ai";
import { aiTools } from "luaskills-wasm/ai-sdk";
import { codeTool } from "luaskills-wasm/code";
import { createEdgeRuntime } from "luaskills-wasm/edge";

const { MODEL_URL: baseURL = "http://localhost:11434/v1", MODEL: name = "qwen3", MODEL_KEY: apiKey } = process.env;
const model = createOpenAICompatible({ name: "model", baseURL, apiKey })(name);

async function skillFiles(folder) {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file)])),
  );
}

const runtime = await createEdgeRuntime({
  thread: true,
  storage: { kind: "directory", path: "./data" },
  skills: await skillFiles("skills"),
});
const tools = process.argv.includes("--code") ? aiTools(codeTool(runtime)) : aiTools(runtime, { timeoutMs: 10_000 });

const terminal = readline.createInterface({ input: process.stdin, output: process.stdout });
const messages = [];
terminal.setPrompt("> ");
terminal.prompt();
for await (const content of terminal) {
  messages.push({ role: "user", content });
  const answer = streamText({ model, messages, tools, stopWhen: stepCountIs(8) });
  for await (const part of answer.fullStream) {
    if (part.type === "text-delta") process.stdout.write(part.text);
    if (part.type === "tool-call") console.log(`[${part.toolName} ${JSON.stringify(part.input)}]`);
    if (part.type === "tool-error") console.log(`[${part.toolName}: ${part.error.message}]`);
  }
  messages.push(...(await answer.response).messages);
  console.log();
  terminal.prompt();
}
await runtime.close();
