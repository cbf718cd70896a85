import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InMemoryTransport, mcpHostTools, mcpServer } from "../../../src/adapters/mcp/index.ts";
import { createNodeRuntime } from "../../../src/platforms/node/node.ts";
import { connected, probeRuntime } from "./world.ts";

async function weather() {
  const server = new McpServer({ name: "weather", version: "1.0.0" });
  server.registerTool(
    "now",
    { inputSchema: { city: z.string() }, outputSchema: { celsius: z.number() } },
    async ({ city }) => ({ content: [], structuredContent: { celsius: city.length } }),
  );
  server.registerTool("say", { inputSchema: {} }, async () => ({ content: [{ type: "text", text: "sunny" }] }));
  server.registerTool("draw", { inputSchema: {} }, async () => ({
    content: [{ type: "image", data: "AA==", mimeType: "image/png" }],
  }));
  server.registerTool("fail", { inputSchema: {} }, async () => ({
    isError: true,
    content: [{ type: "text", text: "no weather today" }],
  }));
  server.registerTool("wait", { inputSchema: {} }, (_args, { signal }) => {
    waiting.resolve();
    return new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => {
        stopped.resolve();
        reject(new Error("stopped"));
      }),
    );
  });
  const waiting = gate();
  const stopped = gate();
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(ours);
  return { client: await connected(theirs), waiting: waiting.promise, stopped: stopped.promise };
}

function gate() {
  let resolve = () => {};
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve: () => resolve() };
}

describe("mcpHostTools", () => {
  it("lends the tools of a server to skills", async () => {
    const { client } = await weather();
    const runtime = await createNodeRuntime({
      hostTools: { ...(await mcpHostTools(client, { prefix: "weather." })), own: () => "mine" },
    });
    const lua = (code: string) => runtime.runLua(code);
    expect(await lua("return vulcan.host.list()")).toEqual([
      "own",
      "weather.draw",
      "weather.fail",
      "weather.now",
      "weather.say",
      "weather.wait",
    ]);
    expect(await lua('return vulcan.host.call("weather.now", { city = "Oslo" }).value.celsius')).toBe(4);
    expect(await lua('return vulcan.host.call("weather.say", {}).value')).toBe("sunny");
    expect(await lua('return vulcan.host.call("weather.draw", {}).value')).toEqual([
      { type: "image", data: "AA==", mimeType: "image/png" },
    ]);
    expect(await lua('return vulcan.host.call("weather.fail", {})')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("no weather today") },
    });
    await runtime.close();
    await client.close();
  });

  it("lends what it is told to, and passes an abort on", async () => {
    const { client, waiting, stopped } = await weather();
    const runtime = await createNodeRuntime({ hostTools: await mcpHostTools(client, { include: ["wait"] }) });
    expect(await runtime.runLua("return vulcan.host.list()")).toEqual(["wait"]);
    const controller = new AbortController();
    const call = runtime.runLua('return vulcan.host.call("wait", {})', {}, { signal: controller.signal });
    await waiting;
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: "aborted" });
    await stopped;
    await runtime.close();
    await client.close();
  });

  it("asks the policy as for every tool", async () => {
    const { client } = await weather();
    const runtime = await createNodeRuntime({
      hostTools: await mcpHostTools(client),
      grants: { "*": { tools: ["say"] } },
    });
    const asked = await runtime.runLua(
      'return { vulcan.host.call("say", {}).value, vulcan.host.call("fail", {}).error.code }',
    );
    expect(asked).toEqual(["sunny", "permission_denied"]);
    await runtime.close();
    await client.close();
  });

  it("lends the skills of another runtime", async () => {
    const other = await probeRuntime();
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await mcpServer(other).connect(ours);
    const client = await connected(theirs);
    const runtime = await createNodeRuntime({ hostTools: await mcpHostTools(client) });
    expect(await runtime.runLua('return vulcan.host.call("probe-add", { a = 1, b = 2 }).value.sum')).toBe(3);
    await runtime.close();
    await client.close();
    await other.close();
  });
});
