import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nodeListener } from "./node-listener.ts";

const seen: string[] = [];
const server = createServer(
  nodeListener(async (request) => {
    seen.push(request.url);
    return new Response(request.body ? await request.text() : "no body");
  }),
);
beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => void server.close());

/** Sends bytes as no client library would. */
async function raw(text: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

it.each([
  ["GET /v1/entries?a=1 HTTP/1.1", "skills.test", "http://skills.test/v1/entries?a=1"],
  ["GET /v1/entries HTTP/1.1", "skills.test/admin?", "http://skills.test/v1/entries"],
  ["GET //evil.test/v1 HTTP/1.1", "skills.test", "http://skills.test//evil.test/v1"],
  ["GET http://evil.test/v1 HTTP/1.1", "skills.test", "http://skills.test/"],
])("takes the path from the request line and nothing else: %s, Host %s", async (line, host, url) => {
  expect(await raw(`${line}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toContain("no body");
  expect(seen.pop()).toBe(url);
});

it("gives the handler the body", async () => {
  const head = "POST /v1/call HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
  expect(await raw(`${head}hello`)).toContain("hello");
});
