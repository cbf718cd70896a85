// MODEL_URL=… MODEL=… node main.js [--code]: a chat in the terminal whose tools are skills.
import readline from "node:readline/promises";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { aiTools } from "luaskills-wasm/ai-sdk";
import { codeTool } from "luaskills-wasm/code";
import { createEdgeRuntime } from "luaskills-wasm/edge";
import { chat } from "./chat.js";
import { skillFiles } from "./skill-files.js";

const { MODEL_URL: baseURL = "http://localhost:11434/v1", MODEL: name = "qwen3", MODEL_KEY: apiKey } = process.env;

const runtime = await createEdgeRuntime({
  thread: true,
  storage: { kind: "directory", path: "./data" },
  skills: await skillFiles("skills"),
});
await chat({
  model: createOpenAICompatible({ name: "model", baseURL, apiKey })(name),
  tools: process.argv.includes("--code") ? aiTools(codeTool(runtime)) : aiTools(runtime, { timeoutMs: 10_000 }),
  lines: readline.createInterface({ input: process.stdin }),
  write: (text) => process.stdout.write(text),
});
await runtime.close();
