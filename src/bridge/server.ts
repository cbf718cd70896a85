/**
 * The native bridge: an HTTP server for pairing and a WebSocket for runtimes. Everything a request could do is behind the
 * checks of request-check.ts and a token.
 * @module
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { errorStatus } from "../base/error-status.ts";
import { httpOrigin } from "../base/http-origin.ts";
import { version } from "../base/version.ts";
import { LuaSkillsError } from "../errors.ts";
import { bridgePaths } from "../process/bridge/messages.ts";
import { type AuditLog, auditLog } from "./audit-log.ts";
import { type BridgeConfig, bridgeConfig, type PartialBridgeConfig } from "./config.ts";
import { hostFacts } from "./host-facts.ts";
import { Pairing, type TokenStore } from "./pairing.ts";
import { checkRequest } from "./request-check.ts";
import { RuntimeConnection } from "./runtime-connection.ts";
import type { BridgeService } from "./service.ts";
import { standardServices } from "./services/standard-services.ts";

export interface BridgeServerOptions extends PartialBridgeConfig {
  /** Shows the pairing code. Default: it is not shown, and nobody can pair. */
  readonly onPairingCode?: (code: string) => void;
  /** One line of JSON for everything the bridge does. */
  readonly onAudit?: (line: string) => void;
  /** Keeps tokens over a restart. Default: in memory. */
  readonly tokens?: TokenStore;
  /** Services besides or instead of (same name) the standard ones. */
  readonly services?: readonly BridgeService[];
}

const pairBodyBytes = 1_024;

/**
 * Starts a bridge.
 *
 * @example
 * const bridge = await BridgeServer.start({
 *   origins: ["http://localhost:5173"],
 *   programs: [{ name: "git" }],
 *   roots: ["/home/me/project"],
 *   onPairingCode: (code) => console.log(`Pairing code: ${code}`),
 * });
 */
export class BridgeServer {
  readonly #connections = new Set<RuntimeConnection>();
  readonly #sockets: WebSocketServer;
  readonly #http: Server;
  readonly #audit: AuditLog;
  readonly #pairing: Pairing;
  readonly #services: readonly BridgeService[];
  #closed: Promise<void> | undefined;

  /** @throws LuaSkillsError `invalid_argument` naming what is wrong with the configuration */
  static async start(options: BridgeServerOptions = {}): Promise<BridgeServer> {
    const config = bridgeConfig(withoutHooks(options));
    const own = options.services ?? [];
    const services = [
      ...standardServices(config).filter(({ name }) => own.every((each) => each.name !== name)),
      ...own,
    ];
    const bridge = new BridgeServer(config, options, services);
    bridge.#http.listen(config.port, config.host);
    await once(bridge.#http, "listening");
    bridge.#pairing.renew();
    return bridge;
  }

  private constructor(
    readonly config: BridgeConfig,
    options: BridgeServerOptions,
    services: readonly BridgeService[],
  ) {
    this.#services = services;
    this.#audit = auditLog(options.onAudit ?? (() => {}));
    const tokens = options.tokens ?? { load: () => [], save: () => {} };
    this.#pairing = new Pairing(tokens, options.onPairingCode ?? (() => {}));
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: config.limits.messageBytes });
    this.#http = createServer((request, response) => void this.#answer(request, response));
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Where it listens. */
  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return httpOrigin(this.config.host, this.port);
  }

  /** Voids the pairing code and shows a new one. */
  renewPairingCode(): void {
    this.#pairing.renew();
  }

  /** Runtimes connected now. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Ends every connection with all its programs, then the server. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const ended = new Promise((resolve) => this.#http.close(resolve));
    await Promise.all([...this.#connections].map((connection) => connection.end()));
    this.#sockets.close();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.closeAllConnections();
    await ended;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { origin } = checkRequest(request, this.config, this.port);
      if (origin !== undefined) allowOrigin(response, origin);
      const path = request.url ?? "";
      if (request.method === "OPTIONS") return void preflight(response);
      if (request.method === "GET" && path === bridgePaths.health) {
        return json(response, 200, { name: "luaskills-wasm bridge", version });
      }
      if (request.method === "POST" && path === bridgePaths.pair) {
        const token = this.#pairing.pair(await pairingCode(request), origin);
        this.#audit.write({ event: "pair", origin });
        return json(response, 200, { token });
      }
      throw new LuaSkillsError("not_found", `the bridge answers nothing at ${request.method} ${path}`);
    } catch (thrown) {
      const error = LuaSkillsError.from(thrown, "bridge_error");
      this.#audit.write({ event: "refuse", origin: request.headers.origin, path: request.url, why: error.message });
      json(response, errorStatus[error.code].http, { error: error.toData() });
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A peer that goes away in the middle of a handshake is nothing to report.
    socket.on("error", () => socket.destroy());
    try {
      const { origin } = checkRequest(request, this.config, this.port);
      if (request.url !== bridgePaths.connect) throw new LuaSkillsError("not_found", `nothing is at ${request.url}`);
      if (this.#connections.size >= this.config.limits.connections) {
        throw new LuaSkillsError("overloaded", `${this.#connections.size} runtimes are connected (limits.connections)`);
      }
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => {
        const { config } = this;
        const connection = new RuntimeConnection(accepted, {
          config,
          audit: this.#audit,
          services: this.#services,
          facts: { version, ...hostFacts() },
          origin,
          admits: (token) => this.#pairing.admits(token, origin),
        });
        this.#connections.add(connection);
        accepted.on("close", () => void connection.end().then(() => this.#connections.delete(connection)));
      });
    } catch (thrown) {
      const error = LuaSkillsError.from(thrown, "bridge_error");
      this.#audit.write({ event: "refuse", origin: request.headers.origin, path: request.url, why: error.message });
      // One status for every reason: a page reads nothing of it, and nobody else is to learn why.
      socket.end(`HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
  }
}

function withoutHooks({
  onPairingCode,
  onAudit,
  tokens,
  services,
  ...config
}: BridgeServerOptions): PartialBridgeConfig {
  return config;
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Vary", "Origin");
}

/** Browsers ask first, and today's ask again before a page may reach this machine (docs/bridge.md). */
function preflight(response: ServerResponse): void {
  response.setHeader("Access-Control-Allow-Methods", "GET, POST");
  response.setHeader("Access-Control-Allow-Headers", "Content-Type");
  response.setHeader("Access-Control-Allow-Private-Network", "true");
  response.writeHead(204).end();
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

async function pairingCode(request: IncomingMessage): Promise<string> {
  // A form cannot be posted as JSON without the browser asking first.
  if (request.headers["content-type"]?.split(";")[0]?.trim() !== "application/json") {
    throw new LuaSkillsError("invalid_argument", "pairing takes a JSON body");
  }
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > pairBodyBytes) throw new LuaSkillsError("invalid_argument", "the body is too long for a code");
  }
  const body = parsed(text);
  const code = typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
  if (typeof code !== "string") throw new LuaSkillsError("invalid_argument", 'pairing takes {"code":"XXXX-XXXX"}');
  return code;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new LuaSkillsError("invalid_argument", "the body is not JSON", { cause });
  }
}
