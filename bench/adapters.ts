/**
 * What a tool call costs over `runtime.call`. The reference is the bare call with 0.2 ms on top: that is what an adapter may cost. Code
 * mode against `vulcan.call` of a session, which it is made of.
 * @module
 */
import { aiTools } from "../src/adapters/ai-sdk/ai-tools.ts";
import { anthropicTools } from "../src/adapters/anthropic/anthropic-tools.ts";
import { codeTool } from "../src/adapters/code/code-tool.ts";
import { openaiTools } from "../src/adapters/openai/openai-tools.ts";
import { toTools } from "../src/adapters/tools/index.ts";
import { createNodeRuntime } from "../src/platforms/node/node.ts";
import type { Batch, Bench, BenchFile } from "./harness/harness.ts";

const CALLS = 200;
const ALLOWED_MS = 0.2;

const skills = {
  "demo/skill.yaml": `name: demo
version: 0.1.0
entries:
  - name: add
    description: Adds.
    lua_entry: runtime/add.lua
    lua_module: demo.add
    input_schema: { type: object, properties: { a: { type: number }, b: { type: number } }, required: [a, b] }
`,
  "demo/runtime/add.lua": "return function(args) return tostring(args.a + args.b) end",
};

const args = { a: 1, b: 2 };

function calls(call: () => Promise<unknown>, extraMs = 0): Batch {
  return async () => {
    for (let i = 0; i < CALLS; i++) await call();
    const until = performance.now() + CALLS * extraMs;
    while (performance.now() < until);
    return CALLS;
  };
}

export const benches: BenchFile["benches"] = async () => {
  const runtime = await createNodeRuntime({ storage: "memory", skills });
  const bare = () => runtime.call("demo-add", args);
  const reference = { name: `runtime.call and ${ALLOWED_MS} ms`, batch: calls(bare, ALLOWED_MS) };
  const execute = aiTools(runtime)["demo-add"]?.execute as (input: object, options: object) => Promise<unknown>;
  const openai = openaiTools(runtime);
  const anthropic = anthropicTools(runtime);
  const tool = toTools(runtime).get("demo-add");
  const turn = {
    tool_calls: [{ id: "1", type: "function", function: { name: "demo-add", arguments: '{"a":1,"b":2}' } }],
  };
  const blocks = [{ type: "tool_use", id: "1", name: "demo-add", input: args }];
  const code = codeTool(runtime);
  const session = await runtime.session();
  const lua = 'return vulcan.call("demo-add", { a = 1, b = 2 })';
  const against = (question: string, call: () => Promise<unknown>): Bench => ({
    question,
    subject: { name: "adapter", batch: calls(call) },
    reference,
    wanted: 1,
  });
  return {
    list: [
      against("a tool of the neutral list", async () => tool?.execute(args)),
      against("a tool of the AI SDK", () => execute(args, {})),
      against("a turn of OpenAI's chat", () => openai.run(turn)),
      against("a turn of Anthropic's messages", () => anthropic.run(blocks)),
      {
        question: "a piece of code in code mode",
        subject: { name: "run_lua", batch: calls(() => code.execute({ code: lua })) },
        reference: { name: `session.eval and ${ALLOWED_MS} ms`, batch: calls(() => session.eval(lua), ALLOWED_MS) },
        wanted: 1,
      },
    ],
    async close() {
      await code.close();
      await runtime.close();
    },
  };
};
