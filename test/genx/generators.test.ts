import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { GeneratePart, GenerateRequest } from "../../src/genx/generators/generator.ts";
import { retryAfterMs } from "../../src/genx/generators/retries.ts";
import { fromAiSdk, openAiCompatible } from "../../src/genx/index.ts";

const request = (extra: Partial<GenerateRequest> = {}): GenerateRequest => ({
  model: "m",
  system: "Be brief.",
  messages: [{ role: "user", contents: [{ type: "text", value: "Hi" }] }],
  tools: [],
  signal: new AbortController().signal,
  ...extra,
});

async function all(parts: AsyncIterable<GeneratePart>): Promise<GeneratePart[]> {
  const list = [];
  for await (const part of parts) list.push(part);
  return list;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function endpoint(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (chunk) => {
      body += chunk;
    });
    incoming.on("end", () => answer(incoming, response, body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const events = (...chunks: unknown[]): string =>
  `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
const delta = (content: object, reason: string | null = null) => ({
  choices: [{ delta: content, finish_reason: reason }],
});

describe("an OpenAI-compatible endpoint", () => {
  it("streams text and calls of tools that come in pieces", async () => {
    let sent: Record<string, unknown> = {};
    let authorization: string | undefined;
    const baseUrl = await endpoint((incoming, response, body) => {
      sent = JSON.parse(body);
      authorization = incoming.headers.authorization;
      response.writeHead(200, { "content-type": "text/event-stream" });
      const text = events(
        delta({ content: "Hé" }),
        delta({ content: "llo" }),
        delta({ tool_calls: [{ index: 0, id: "a", function: { name: "look", arguments: "" } }] }),
        delta({ tool_calls: [{ index: 1, id: "b", function: { name: "go", arguments: '{"x"' } }] }),
        delta({
          tool_calls: [
            { index: 0, function: { arguments: '{"q":1}' } },
            { index: 1, function: { arguments: ":2}" } },
          ],
        }),
        { ...delta({}, "tool_calls"), usage: { prompt_tokens: 3, completion_tokens: 4 } },
      );
      const bytes = new TextEncoder().encode(text);
      // Cut inside a character and inside an event.
      response.write(bytes.slice(0, 38));
      setTimeout(() => response.end(bytes.slice(38)), 5);
    });
    const generator = openAiCompatible({ baseUrl: `${baseUrl}/`, apiKey: async () => "k", model: "real" });
    const tools = [{ name: "look", description: "Looks", parameters: { type: "object" } }];
    const parts = await all(
      generator.stream(
        request({
          tools,
          options: { temperature: 0 },
          messages: [
            {
              role: "user",
              contents: [
                { type: "text", value: "Hi" },
                { type: "blob", data: new Uint8Array([1]), mimeType: "image/png" },
              ],
            },
            { role: "model", contents: [], toolCalls: [{ id: "z", name: "look", args: "{}" }] },
            { role: "tool", contents: [{ type: "text", value: "seen" }], toolResultId: "z", toolName: "look" },
          ],
        }),
      ),
    );
    expect(parts).toEqual([
      { type: "text", text: "Hé" },
      { type: "text", text: "llo" },
      { type: "usage", inputTokens: 3, outputTokens: 4 },
      { type: "tool_call", id: "a", name: "look", args: '{"q":1}' },
      { type: "tool_call", id: "b", name: "go", args: '{"x":2}' },
      { type: "finish", reason: "tool_calls" },
    ]);
    expect(authorization).toBe("Bearer k");
    expect(sent).toEqual({
      model: "real",
      temperature: 0,
      stream: true,
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Hi" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AQ==" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "z", type: "function", function: { name: "look", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "z", content: "seen" },
      ],
      tools: [{ type: "function", function: tools[0] }],
    });
  });

  it("tries again after Retry-After, and gives up with the endpoint's own words", async () => {
    const times: number[] = [];
    const baseUrl = await endpoint((_, response) => {
      times.push(performance.now());
      if (times.length === 1) response.writeHead(429, { "retry-after": "0.2" }).end();
      else if (times.length === 2) response.writeHead(503).end();
      else
        response.writeHead(200, { "content-type": "text/event-stream" }).end(events(delta({ content: "ok" }, "stop")));
    });
    const generator = openAiCompatible({ baseUrl, retryMs: 1 });
    expect((await all(generator.stream(request())))[0]).toEqual({ type: "text", text: "ok" });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(150);

    const refusing = await endpoint((_, response) =>
      response.writeHead(400).end('{"error":{"message":"no such model"}}'),
    );
    await expect(all(openAiCompatible({ baseUrl: refusing }).stream(request()))).rejects.toMatchObject({
      code: "network_error",
      message: "the model's endpoint answered HTTP 400: no such model",
    });
    const busy = await endpoint((_, response) => response.writeHead(503).end("busy"));
    await expect(all(openAiCompatible({ baseUrl: busy, retries: 1, retryMs: 1 }).stream(request()))).rejects.toThrow(
      "HTTP 503: busy",
    );
    await expect(
      all(openAiCompatible({ baseUrl: "http://127.0.0.1:1", retries: 1, retryMs: 1 }).stream(request())),
    ).rejects.toMatchObject({ code: "network_error" });
  });

  it("stops with the signal, and notices an answer that was cut off", async () => {
    const baseUrl = await endpoint((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(delta({ content: "one" }))}\n\n`);
    });
    const controller = new AbortController();
    const parts = openAiCompatible({ baseUrl })
      .stream(request({ signal: controller.signal }))
      [Symbol.asyncIterator]();
    expect((await parts.next()).value).toEqual({ type: "text", text: "one" });
    controller.abort();
    await expect(parts.next()).rejects.toThrow();
    const cut = await endpoint((_, response) =>
      response.writeHead(200).end(`data: ${JSON.stringify(delta({ content: "x" }))}\n\n`),
    );
    await expect(all(openAiCompatible({ baseUrl: cut }).stream(request()))).rejects.toThrow("cut off");
  });

  it("reads both forms of Retry-After", () => {
    expect(retryAfterMs("2")).toBe(2000);
    expect(retryAfterMs("Thu, 01 Jan 1970 00:00:10 GMT", 4000)).toBe(6000);
    expect(retryAfterMs("soon")).toBeUndefined();
    expect(retryAfterMs(null)).toBeUndefined();
  });
});

describe("AI SDK models", () => {
  const streaming = (parts: readonly object[], seen: { options?: Record<string, unknown> } = {}) => ({
    specificationVersion: "v3",
    async doStream(options: object) {
      seen.options = options as Record<string, unknown>;
      return {
        stream: new ReadableStream<never>({
          start(controller) {
            for (const part of parts) controller.enqueue(part as never);
            controller.close();
          },
        }),
      };
    },
  });

  it("of specification v3 and v4 are taken by shape", async () => {
    const seen: { options?: Record<string, unknown> } = {};
    const model = streaming(
      [
        { type: "stream-start", warnings: [] },
        { type: "text-start", id: "1" },
        { type: "text-delta", id: "1", delta: "Hi" },
        { type: "reasoning-delta", id: "2", delta: "hm" },
        { type: "tool-input-start", id: "t1", toolName: "look" },
        { type: "tool-input-delta", id: "t1", delta: '{"a":' },
        { type: "tool-input-delta", id: "t1", delta: "1}" },
        { type: "tool-input-end", id: "t1" },
        { type: "tool-call", toolCallId: "t1", toolName: "look", input: '{"a":1}' },
        { type: "tool-input-start", id: "t2", toolName: "go" },
        { type: "tool-input-delta", id: "t2", delta: "{}" },
        { type: "finish", finishReason: { unified: "tool-calls", raw: "x" }, usage: {} },
      ],
      seen,
    );
    for (const specificationVersion of ["v3", "v4"]) {
      const parts = await all(
        fromAiSdk({ ...model, specificationVersion }).stream(
          request({
            schema: { type: "object" },
            tools: [{ name: "look", description: "d", parameters: { type: "object" } }],
            messages: [
              { role: "user", contents: [{ type: "text", value: "Hi" }] },
              {
                role: "model",
                contents: [{ type: "text", value: "ok" }],
                toolCalls: [{ id: "c", name: "look", args: '{"x":1}' }],
              },
              { role: "tool", contents: [{ type: "text", value: "r" }], toolResultId: "c", toolName: "look" },
            ],
          }),
        ),
      );
      expect(parts).toEqual([
        { type: "text", text: "Hi" },
        { type: "reasoning", text: "hm" },
        { type: "tool_call", id: "t1", name: "look", args: '{"a":1}' },
        { type: "finish", reason: "tool-calls" },
        { type: "tool_call", id: "t2", name: "go", args: "{}" },
      ]);
    }
    expect(seen.options).toMatchObject({
      prompt: [
        { role: "system", content: "Be brief." },
        { role: "user", content: [{ type: "text", text: "Hi" }] },
        {
          role: "assistant",
          content: [
            { type: "text", text: "ok" },
            { type: "tool-call", toolCallId: "c", toolName: "look", input: { x: 1 } },
          ],
        },
        {
          role: "tool",
          content: [{ type: "tool-result", toolCallId: "c", toolName: "look", output: { type: "text", value: "r" } }],
        },
      ],
      tools: [{ type: "function", name: "look", inputSchema: { type: "object" } }],
      responseFormat: { type: "json", schema: { type: "object" } },
    });
  });

  it("of other specifications are refused, and their errors reported", async () => {
    expect(() => fromAiSdk({ ...streaming([]), specificationVersion: "v2" })).toThrow('v3 or v4 is needed, got "v2"');
    await expect(all(fromAiSdk(streaming([{ type: "error", error: "overloaded" }])).stream(request()))).rejects.toThrow(
      "overloaded",
    );
  });
});
