/**
 * What MCP in memory costs over `runtime.call`: the client's and the server's JSON-RPC, and the shape of tools.
 * @module
 */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { InMemoryTransport, mcpServer } from "../src/adapters/mcp/index.ts";
import { createNodeRuntime } from "../src/platforms/node/node.ts";
import type { BenchFile } from "./harness/harness.ts";

const calls = 100;
/** What an adapter may cost. */
const allowedMs = 0.2;

/** What the SDK takes by itself, both ends. */
async function bareServer(): Promise<Client> {
  const server = new Server({ name: "bare", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler(CallToolRequestSchema, () => ({ content: [{ type: "text", text: "hi" }] }));
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(ours);
  const client = new Client({ name: "bench", version: "1.0.0" });
  await client.connect(theirs);
  return client;
}

export const benches: BenchFile["benches"] = async () => {
  const runtime = await createNodeRuntime();
  const entry = "entries: [{ name: say, description: x, lua_entry: runtime/say.lua, lua_module: hi.say }]";
  await runtime.fs.write("/runtime/skills/hi/skill.yaml", `name: Hi\nversion: 1.0.0\n${entry}\n`);
  await runtime.fs.write("/runtime/skills/hi/runtime/say.lua", 'return function() return "hi" end');
  await runtime.skills.reload();
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await mcpServer(runtime).connect(ours);
  const client = new Client({ name: "bench", version: "1.0.0" });
  await client.connect(theirs);
  const bare = await bareServer();
  const batch =
    (call: () => Promise<unknown>, extraMs = 0) =>
    async () => {
      for (let n = 0; n < calls; n++) await call();
      const until = performance.now() + calls * extraMs;
      while (performance.now() < until);
      return calls;
    };
  return {
    list: [
      {
        question: "a tool call over MCP in memory",
        subject: { name: "client.callTool", batch: batch(() => client.callTool({ name: "hi-say" })) },
        reference: { name: `runtime.call and ${allowedMs} ms`, batch: batch(() => runtime.call("hi-say"), allowedMs) },
        wanted: 1,
      },
      {
        question: "the same, beside the SDK alone",
        subject: { name: "client.callTool", batch: batch(() => client.callTool({ name: "hi-say" })) },
        reference: { name: "a tool that answers at once", batch: batch(() => bare.callTool({ name: "hi-say" })) },
      },
      {
        question: "events of a call",
        subject: {
          name: "runtime.stream",
          batch: batch(async () => {
            for await (const _event of runtime.stream("hi-say"));
          }),
        },
        reference: { name: "runtime.call", batch: batch(() => runtime.call("hi-say")) },
      },
    ],
    close: async () => {
      await bare.close();
      await client.close();
      await runtime.close();
    },
  };
};
