import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMcpHandler, type McpHandler, type McpHandlerOptions } from "../../../src/adapters/mcp/index.ts";
import type { Runtime } from "../../../src/contract/contract.ts";
import { nodeListener } from "../../../src/http/server/node-listener.ts";
import { clientSuite, lateSkill } from "./client-suite.ts";
import { connected, probeRuntime, textOf, writeSkill } from "./world.ts";

const token = "Bearer s3cret";
const authorize = (request: Request) => request.headers.get("authorization") === token;

async function served(handler: McpHandler): Promise<{ readonly server: Server; readonly url: URL }> {
  const server = createServer(nodeListener(handler));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`) };
}

function transport(url: URL): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization: token } } });
}

const post = (body: unknown, headers: Record<string, string> = {}, method = "POST") =>
  new Request("http://host.example/mcp", {
    method,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      authorization: token,
      ...headers,
    },
    ...(method === "POST" ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {}),
  });
const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};

describe("MCP over streamable HTTP", () => {
  let runtime: Runtime;
  let client: Client;
  let handler: McpHandler;
  let server: Server;
  beforeAll(async () => {
    runtime = await probeRuntime();
    handler = createMcpHandler(runtime, { authorize });
    const place = await served(handler);
    server = place.server;
    client = await connected(transport(place.url));
  });
  afterAll(async () => {
    await client?.close();
    await handler?.close();
    server?.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await runtime?.close();
  });
  clientSuite(() => ({
    client,
    install: async () => {
      await writeSkill(runtime, "late", lateSkill);
      await runtime.skills.reload();
    },
  }));
});

describe("createMcpHandler", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await probeRuntime();
  });
  afterAll(() => runtime?.close());

  const handling = async (
    options: Partial<McpHandlerOptions>,
    work: (handler: McpHandler) => Promise<void>,
  ): Promise<void> => {
    const handler = createMcpHandler(runtime, { authorize, ...options });
    try {
      await work(handler);
    } finally {
      await handler.close();
    }
  };
  const begin = async (handler: McpHandler): Promise<string> => {
    const response = await handler(post(initialize));
    await response.text();
    return response.headers.get("mcp-session-id") ?? "";
  };

  it("lets nobody in without the host's word", async () => {
    expect(() => createMcpHandler(runtime, {} as McpHandlerOptions)).toThrow(/needs authorize/);
    await handling({}, async (handler) => {
      const stranger = await handler(post(initialize, { authorization: "Bearer guess" }));
      expect(stranger.status).toBe(401);
      expect(stranger.headers.get("www-authenticate")).toBe("Bearer");
    });
    const own = new Response(null, { status: 402 });
    await handling({ authorize: () => own }, async (handler) => expect(await handler(post(initialize))).toBe(own));
    await handling({ authorize: () => ["flush"] }, async (handler) =>
      expect((await handler(post(initialize))).status).toBe(403),
    );
  });

  it("keeps pages of other origins out, until they are named", async () => {
    const page = { origin: "https://page.example", authorization: "" };
    await handling({ authorize: () => true }, async (handler) => {
      expect((await handler(post(initialize, page))).status).toBe(403);
      expect((await handler(post(initialize, { ...page, origin: "http://host.example" }))).status).toBe(200);
      expect((await handler(post("", page, "GET"))).status).toBe(403);
    });
    await handling({ authorize: () => true, origins: ["https://page.example"] }, async (handler) => {
      const preflight = await handler(
        new Request("http://host.example/mcp", {
          method: "OPTIONS",
          headers: { origin: page.origin, "access-control-request-method": "DELETE" },
        }),
      );
      expect(preflight.headers.get("access-control-allow-methods")).toContain("DELETE");
      const response = await handler(post(initialize, page));
      expect(response.headers.get("access-control-allow-origin")).toBe(page.origin);
      expect(response.headers.get("access-control-expose-headers")).toContain("mcp-session-id");
      await response.text();
    });
  });

  it("ends sessions: by the client, by number, and when nobody comes", async () => {
    const ping = { jsonrpc: "2.0", id: 2, method: "ping" };
    await handling({ sessions: { maxSessions: 2 } }, async (handler) => {
      const ask = async (id: string) => {
        const response = await handler(post(ping, { "mcp-session-id": id }));
        await response.text();
        return response.status;
      };
      const first = await begin(handler);
      const second = await begin(handler);
      expect([await ask(first), await ask(second)]).toEqual([200, 200]);
      const third = await begin(handler);
      expect([await ask(first), await ask(second), await ask(third)]).toEqual([404, 200, 200]);
      expect((await handler(post("", { "mcp-session-id": second }, "DELETE"))).status).toBe(200);
      expect(await ask(second)).toBe(404);
      expect((await handler(post(ping))).status).toBe(400);
    });
    await handling({ sessions: { idleMs: -1 } }, async (handler) => {
      const first = await begin(handler);
      const standing = await handler(post("", { "mcp-session-id": first, accept: "text/event-stream" }, "GET"));
      const idle = await begin(handler);
      await begin(handler);
      // Whoever listens is not idle.
      expect((await handler(post(ping, { "mcp-session-id": first }))).status).toBe(200);
      expect((await handler(post(ping, { "mcp-session-id": idle }))).status).toBe(404);
      await standing.body?.cancel();
    });
  });

  it("refuses bodies that are too large or no JSON", async () => {
    await handling({ requestBytes: 1000 }, async (handler) => {
      expect((await handler(post({ ...initialize, padding: "x".repeat(1000) }))).status).toBe(413);
      expect((await handler(post("{"))).status).toBe(400);
    });
  });

  it("serves without sessions: each request alone, its log included", async () => {
    await handling({ sessions: false }, async (handler) => {
      const { server, url } = await served(handler);
      const client = await connected(transport(url));
      expect(textOf(await client.callTool({ name: "probe-echo", arguments: { text: "alone" } }))).toBe("alone");
      expect((await handler(post("", {}, "DELETE"))).status).toBe(405);
      await client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
  });

  it("ends the call of a client that has gone", async () => {
    await handling({ sessions: false }, async (handler) => {
      const gone = new Promise<void>((resolve) => {
        const stop = runtime.on("log", ({ message }) => {
          if (!message.includes("begun")) return;
          stop();
          resolve();
        });
      });
      const response = await handler(
        post({ jsonrpc: "2.0", id: 7, method: "tools/call", params: { name: "probe-loop", arguments: {} } }),
      );
      await gone;
      await response.body?.cancel();
      // The one VM of a busy pool answers again at once, long before the loop's deadline.
      const started = performance.now();
      await Promise.all(Array.from({ length: 8 }, () => runtime.call("probe-echo", { text: "free" })));
      expect(performance.now() - started).toBeLessThan(15_000);
    });
  });
});
