import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { HttpHandler } from "./handler.ts";

/**
 * A handler for `node:http`'s `createServer`. Deno and Bun serve handlers as they are.
 *
 * @example
 * createServer(nodeListener(createHttpHandler(supervised, { authorize }))).listen(8080);
 */
export function nodeListener(handler: HttpHandler): RequestListener {
  return (incoming, outgoing) => {
    void answer(handler, incoming, outgoing).catch((thrown) => outgoing.destroy(thrown as Error));
  };
}

async function answer(handler: HttpHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.on("close", () => gone.abort());
  const response = await handler(toRequest(incoming, gone.signal));
  outgoing.writeHead(response.status, [...response.headers].flat());
  if (!response.body) return void outgoing.end();
  const body = Readable.fromWeb(response.body as NodeReadableStream);
  // Destroying the body cancels the handler's stream: that is how it hears that the client left.
  outgoing.on("close", () => body.destroy());
  body.on("error", () => outgoing.destroy());
  body.pipe(outgoing);
}

function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) headers.append(name, each);
  }
  const method = incoming.method ?? "GET";
  const bodiless = method === "GET" || method === "HEAD";
  const init = { method, headers, signal, duplex: "half" };
  // Put together part by part: what a client writes into Host or into its request line stays in its part of the URL.
  const path = incoming.url?.startsWith("/") ? incoming.url : "/";
  const url = new URL(`http://localhost${path}`);
  url.host = headers.get("host") ?? "localhost";
  return new Request(url, {
    ...init,
    ...(bodiless ? {} : { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array> }),
  });
}
