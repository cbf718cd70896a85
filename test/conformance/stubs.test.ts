import { describe, expect, it } from "vitest";
import type { HostStubs } from "./case-format.ts";
import { Gates } from "./gates.ts";
import { hostCallbacks } from "./stubs.ts";

const context = { signal: new AbortController().signal };
const stubs = (host: HostStubs) => hostCallbacks(host, { gates: new Gates(), call: async () => null });

describe("host stubs", () => {
  it("registers only what a case asks for, and always a network", () => {
    expect(Object.keys(stubs({}))).toEqual(["fetch"]);
    expect(Object.keys(stubs({ models: { llm: {} }, databases: { sqlite: 1 } })).sort()).toEqual([
      "fetch",
      "llm",
      "sqliteProvider",
    ]);
  });

  it("tools: list in byte order, has, call, echo, throw, unknown", () => {
    const { hostTool } = stubs({ tools: { b: 1, "A.x": null, é: 2, a: { $echo: true }, bad: { $throw: "broken" } } });
    const ask = (action: "list" | "has" | "call", tool_name: string | null = null) =>
      hostTool?.({ action, tool_name, args: { q: 1 } }, context);
    expect(ask("list")).toEqual(["A.x", "a", "b", "bad", "é"]);
    expect([ask("has", "b"), ask("has", "toString")]).toEqual([true, false]);
    expect([ask("call", "b"), ask("call", "A.x"), ask("call", "a")]).toEqual([1, null, { q: 1 }]);
    expect(() => ask("call", "bad")).toThrow("broken");
    expect(() => ask("call", "toString")).toThrow("unknown tool");
  });

  it("models: the llm echo is compact JSON with sorted keys", () => {
    const { llm } = stubs({ models: { llm: { $echo: true } } });
    const caller = { skill_id: "s", client_name: null };
    expect(llm?.({ system: "a", user: "b", caller }, context)).toEqual({
      assistant: '{"caller":{"client_name":null,"skill_id":"s"},"system":"a","user":"b"}',
    });
    const { embed } = stubs({ models: { embed: { $throw: "no model" } } });
    expect(() => embed?.({ text: "", caller: {} }, context)).toThrow("no model");
  });

  it("databases: echo as meta for lancedb, literal JSON text", () => {
    const { sqliteProvider, lancedbProvider } = stubs({
      databases: { sqlite: { $json: "{" }, lancedb: { $echo: true } },
    });
    expect(sqliteProvider?.({}, context)).toBe("{");
    expect(lancedbProvider?.({ action: "delete" }, context)).toEqual({ meta: { action: "delete" } });
  });

  it("http: recorded answers, echo, and failure for the rest", async () => {
    const { fetch } = stubs({
      http: {
        "GET https://a.test/x": { status: 404, headers: { "content-type": "text/plain" }, text: "no" },
        "POST https://a.test/e": { $echo: true },
        "GET https://a.test/b": { base64: "AAE=\n" },
      },
    });
    const get = (method: string, url: string, body?: string) =>
      fetch?.(url, { method, headers: { "X-A": "1" }, ...(body ? { body: new TextEncoder().encode(body) } : {}) });
    expect(await get("get", "https://a.test/x")).toMatchObject({
      status: 404,
      headers: { "content-type": "text/plain" },
    });
    expect((await get("GET", "https://a.test/b"))?.body).toEqual(new Uint8Array([0, 1]));
    const echoed = new TextDecoder().decode((await get("POST", "https://a.test/e", "hi"))?.body);
    expect(JSON.parse(echoed)).toEqual({
      method: "POST",
      url: "https://a.test/e",
      headers: { "x-a": "1" },
      body: "hi",
    });
    await expect(get("GET", "https://a.test/other")).rejects.toThrow(/network failure.*GET https:\/\/a\.test\/other/);
  });
});
