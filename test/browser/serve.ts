/** The server of page tests: folders at URL prefixes, pages made from bundles. On localhost, a secure context everywhere. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import path from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".zip": "application/zip",
};

export interface ServeOptions {
  /** URL prefix → folders searched in order, e.g. `{ "/dist/": ["dist"] }`. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  /** Sends COOP/COEP, which makes pages cross-origin isolated. */
  readonly isolated?: boolean;
  /** Browsers may keep what they got. Default: they ask each time. */
  readonly cached?: boolean;
  /** Sends CORS headers, for tests that load from another origin. */
  readonly cors?: boolean;
  /** Answers first; true when it did. */
  readonly handle?: (request: IncomingMessage, response: ServerResponse, url: URL) => boolean | Promise<boolean>;
}

export interface TestServer {
  /** e.g. `http://localhost:41234` */
  readonly origin: string;
  close(): Promise<void>;
}

export async function serve(options: ServeOptions): Promise<TestServer> {
  const headers: Record<string, string> = {
    "cache-control": options.cached ? "public, max-age=3600" : "no-store",
    "cross-origin-resource-policy": options.cors ? "cross-origin" : "same-origin",
    ...(options.cors ? { "access-control-allow-origin": "*" } : {}),
    ...(options.isolated
      ? { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }
      : {}),
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (await options.handle?.(request, response, url)) return;
    const found = await find(options.folders, decodeURIComponent(url.pathname));
    if (!found) {
      response.writeHead(404, { "content-type": "text/plain" }).end(`not found: ${url.pathname}\n`);
      return;
    }
    response.writeHead(200, { "content-type": types[path.extname(found.file)] ?? "application/octet-stream" });
    response.end(found.content);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  return {
    origin: `http://localhost:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function find(
  folders: ServeOptions["folders"],
  pathname: string,
): Promise<{ file: string; content: Buffer } | undefined> {
  for (const [prefix, places] of Object.entries(folders)) {
    if (!pathname.startsWith(prefix)) continue;
    for (const place of places) {
      const file = path.resolve(place, pathname.slice(prefix.length));
      if (file !== path.resolve(place) && !file.startsWith(path.resolve(place) + path.sep)) continue;
      const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "EISDIR" || error.code === "ENOTDIR") return undefined;
        throw error;
      });
      if (content) return { file, content };
    }
  }
  return undefined;
}
