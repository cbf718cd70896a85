import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import type { SkillServer } from "./skill-server.ts";
import { whenRead } from "./when-read.ts";

interface Session {
  readonly server: SkillServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Answers that are still being read, the standing stream of events among them. */
  open: number;
  usedMs: number;
}

export interface SessionLimits {
  /** Sessions at a time; beyond it the one goes that was idle longest. Default 1,000. */
  readonly maxSessions?: number;
  /** Milliseconds without a request or an open stream after which a session ends. Default 30 minutes. */
  readonly idleMs?: number;
}

/** One server a client, by the id its transport gave it. Nothing ticks: who is idle goes when somebody else comes. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  constructor(
    private readonly makeServer: () => SkillServer,
    private readonly limits: SessionLimits,
  ) {}

  get size(): number {
    return this.#sessions.size;
  }

  async open(request: Request, body: unknown): Promise<Response> {
    await this.#makeRoom();
    const transport: WebStandardStreamableHTTPServerTransport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => {
        this.#sessions.set(id, session);
      },
    });
    const server = this.makeServer();
    const session: Session = { server, transport, open: 0, usedMs: Date.now() };
    transport.onclose = () => {
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
    };
    await server.connect(transport);
    const response = await this.#answer(session, request, body);
    // Refused: nobody has an id to come back with.
    if (transport.sessionId === undefined) await server.close();
    return response;
  }

  /** Undefined: there is no such session, or no longer. */
  async ask(id: string, request: Request, body: unknown): Promise<Response | undefined> {
    const session = this.#sessions.get(id);
    return session === undefined ? undefined : this.#answer(session, request, body);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ server }) => server.close()));
  }

  async #answer(session: Session, request: Request, body: unknown): Promise<Response> {
    session.usedMs = Date.now();
    const response = await session.transport.handleRequest(request, body === undefined ? {} : { parsedBody: body });
    session.open += 1;
    return whenRead(response, () => {
      session.open -= 1;
      session.usedMs = Date.now();
    });
  }

  async #makeRoom(): Promise<void> {
    const { maxSessions = 1_000, idleMs = 30 * 60_000 } = this.limits;
    const idle = [...this.#sessions.values()].filter(({ open }) => open === 0).sort((a, b) => a.usedMs - b.usedMs);
    const surplus = this.#sessions.size - maxSessions + 1;
    const since = Date.now() - idleMs;
    await Promise.all(
      idle.filter(({ usedMs }, at) => at < surplus || usedMs < since).map(({ server }) => server.close()),
    );
  }
}
