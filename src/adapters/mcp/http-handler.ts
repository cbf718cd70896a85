/**
 * MCP over streamable HTTP: a web-standard handler for Node, Deno, Bun, Workers and Durable Objects.
 * @module
 */
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { isInitializeRequest } from "@modelcontextprotocol/sdk/types.js";
import type { Runtime } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type Authorize, rightsOf } from "../../http/server/authorize.ts";
import { parseBody, readBody } from "../../http/server/body.ts";
import { type AllowedOrigins, withCors } from "../../http/server/cors.ts";
import { errorResponse } from "../../http/server/error-response.ts";
import { foreignPage, isFromKnownPage } from "../../http/server/foreign-page.ts";
import type { McpServerOptions } from "./options.ts";
import { type SessionLimits, Sessions } from "./sessions.ts";
import { SkillServer } from "./skill-server.ts";
import { whenRead } from "./when-read.ts";

export interface McpHandlerOptions extends McpServerOptions {
  /**
   * Says whether a request may call tools: true or a role, false for 401, or a response of the host's own (a 401 that names
   * an authorization server). Asked for every request, before anything of it is read.
   */
  readonly authorize: Authorize;
  /** Pages of these origins may ask from a browser. Default: only pages of the server's own. */
  readonly origins?: AllowedOrigins;
  /**
   * Sessions keep a client's log level and tell it when the registry changes. False: every request stands alone, for hosts whose
   * instances come and go (Workers); a client that leaves ends its call. Default: sessions.
   */
  readonly sessions?: false | SessionLimits;
  /** Bytes of a request body. Default 4 MiB. */
  readonly requestBytes?: number;
}

/** A `(request) => Response` with an end. */
export interface McpHandler {
  (request: Request): Promise<Response>;
  /** Ends all sessions. The runtime stays the caller's to close. */
  close(): Promise<void>;
}

/** More values than tools take; a body of many small ones costs thirty times its bytes. */
const maxValues = 1_000_000;

/**
 * Serves one MCP endpoint, at whatever path the host gives it.
 *
 * @example
 * const handler = createMcpHandler(runtime, { authorize: (request) => request.headers.get("authorization") === `Bearer ${token}` });
 * export default { fetch: (request) => handler(request) };
 */
export function createMcpHandler(runtime: Runtime, options: McpHandlerOptions): McpHandler {
  const { authorize, origins = [], sessions: limits = {}, requestBytes = 4 * 2 ** 20, ...server } = options;
  if (typeof authorize !== "function") {
    throw new LuaSkillsError("invalid_argument", "createMcpHandler needs authorize: who may call the tools?");
  }
  const makeServer = () => new SkillServer(runtime, server);
  makeServer(); // Bad options are told now, and not to the first client.
  const sessions = limits === false ? undefined : new Sessions(makeServer, limits);
  const answer = async (request: Request): Promise<Response> => {
    try {
      const bearer = /^bearer\s/i.test(request.headers.get("authorization") ?? "");
      if (!bearer && !isFromKnownPage(request, origins)) throw foreignPage(request);
      const rights = await rightsOf(request, authorize);
      if (rights instanceof Response) return rights;
      rights.require("call");
      const body = request.method === "POST" ? parseBody(await readBody(request, requestBytes), maxValues) : undefined;
      if (sessions === undefined) return await alone(makeServer(), request, body);
      const id = request.headers.get("mcp-session-id");
      if (id !== null) return (await sessions.ask(id, request, body)) ?? refused(404, -32001, "Session not found");
      if ([body].flat().some(isInitializeRequest)) return await sessions.open(request, body);
      return refused(400, -32000, "Bad Request: Mcp-Session-Id header is required");
    } catch (thrown) {
      return errorResponse(thrown);
    }
  };
  const cors = { methods: "GET, POST, DELETE", exposed: "mcp-session-id, www-authenticate" };
  return Object.assign((request: Request) => withCors(request, origins, () => answer(request), cors), {
    close: async () => sessions?.close(),
  });
}

/** A server for one exchange. */
async function alone(server: SkillServer, request: Request, body: unknown): Promise<Response> {
  if (request.method !== "POST") return refused(405, -32000, "Method not allowed: without sessions there is only POST");
  const transport = new WebStandardStreamableHTTPServerTransport();
  await server.connect(transport);
  const response = await transport.handleRequest(request, { parsedBody: body });
  return whenRead(response, () => void server.close());
}

function refused(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status });
}
