/**
 * A model's HTTP API on the loopback: answers what the test prepared, keeps what it was sent.
 * @module
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface FakeServer {
  readonly url: string;
  /** Bodies of the requests so far. */
  readonly requests: ReadonlyArray<Record<string, unknown>>;
}

/** The n-th request gets the n-th answer. Closed when the test ends. */
export async function fakeServer(...answers: readonly object[]): Promise<FakeServer> {
  const requests: Array<Record<string, unknown>> = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (piece: string) => (text += piece));
    request.on("end", () => {
      requests.push(JSON.parse(text) as Record<string, unknown>);
      const answer = answers[requests.length - 1];
      response.writeHead(answer ? 200 : 500, { "content-type": "application/json" });
      response.end(JSON.stringify(answer ?? { error: { message: "the test prepared no further answer" } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
