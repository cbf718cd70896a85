import type { IncomingMessage, ServerResponse } from "node:http";
import { serve, type TestServer } from "../../../browser/serve.ts";
import type { FromLane, ToLane } from "../messages.ts";
import type { Wire } from "./remote-lane.ts";

interface LaneState {
  readonly receive: (message: FromLane) => void;
  readonly fail: (reason: Error) => void;
  /** Messages not yet fetched, and the request that waits for one. */
  readonly outbox: ToLane[];
  parked: ServerResponse | undefined;
}

/**
 * Lanes over HTTP, for ends that can only fetch (a page's worker, Deno): the inner end posts its last answer to
 * `/lane/<n>` and the response is its next message, held back until there is one. `/lane/<n>/failed` reports a death.
 */
export class LaneServer {
  readonly #lanes = new Map<number, LaneState>();
  #next = 1;
  #server: TestServer | undefined;

  /** @param files URL path → text to serve as it is, with its media type */
  static async open(
    files: ReadonlyMap<string, { readonly type: string; readonly content: string | Uint8Array }>,
    options: { readonly isolated?: boolean } = {},
  ): Promise<LaneServer> {
    const self = new LaneServer();
    self.#server = await serve({
      folders: {},
      ...options,
      async handle(request, response, url) {
        const lane = /^\/lane\/(\d+)(\/failed)?$/.exec(url.pathname);
        if (lane) {
          self.#posted(Number(lane[1]), lane[2] !== undefined, await bodyOf(request), response);
          return true;
        }
        const file = files.get(url.pathname);
        if (file) response.writeHead(200, { "content-type": file.type }).end(file.content);
        return file !== undefined;
      },
    });
    return self;
  }

  get origin(): string {
    if (!this.#server) throw new Error("the lane server is not open");
    return this.#server.origin;
  }

  /** Adds a lane; `open(n)` is called to start its inner end and `end(n)` to stop it. */
  connect(
    receive: (message: FromLane) => void,
    fail: (reason: Error) => void,
    ends: { open(lane: number): Promise<void>; end(lane: number): Promise<void> },
  ): Wire {
    const lane = this.#next++;
    const state: LaneState = { receive, fail, outbox: [], parked: undefined };
    this.#lanes.set(lane, state);
    ends.open(lane).catch((thrown) => fail(thrown instanceof Error ? thrown : new Error(String(thrown))));
    return {
      send: (message) => {
        state.outbox.push(message);
        deliver(state);
      },
      kill: async () => {
        this.#lanes.delete(lane);
        state.parked?.writeHead(410).end();
        await ends.end(lane);
      },
    };
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  #posted(lane: number, failed: boolean, body: string, response: ServerResponse): void {
    const state = this.#lanes.get(lane);
    if (!state) {
      response.writeHead(410).end("this lane is closed");
    } else if (failed) {
      state.fail(new Error(body));
      response.end();
    } else {
      state.parked = response;
      if (body !== "") state.receive(JSON.parse(body) as FromLane);
      deliver(state);
    }
  }
}

function deliver(state: LaneState): void {
  const { parked } = state;
  const message = parked && state.outbox.shift();
  if (!message) return;
  state.parked = undefined;
  parked.setHeader("content-type", "application/json");
  parked.end(JSON.stringify(message));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
