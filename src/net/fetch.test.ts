import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { digestSha256Hex } from "../base/bytes/sha256.ts";
import { isAllowed } from "./allow-list.ts";
import { type NetworkPolicy, policedFetch } from "./fetch.ts";
import { placeholderOf, Secrets } from "./secrets.ts";

let server: Server;
let base: string;
const policy: NetworkPolicy = { allowNetwork: true, limits: { downloadBytes: 200_000 } };

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://x");
    if (url.pathname === "/bytes") {
      const bytes = Buffer.alloc(Number(url.searchParams.get("n")), 7);
      if (url.searchParams.has("chunked")) response.writeHead(200);
      else response.writeHead(200, { "content-length": bytes.length });
      response.end(bytes);
    } else if (url.pathname === "/to") {
      response.writeHead(302, { location: url.searchParams.get("url") ?? "" }).end();
    } else if (url.pathname === "/echo") {
      response.setHeader("X-Method", request.method ?? "");
      request.pipe(response);
    } else if (url.pathname !== "/never") {
      response.writeHead(404).end("nothing");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("a policed fetch", () => {
  it("answers any status, with lower-case headers and the body", async () => {
    const answer = await policedFetch(`${base}/echo`, policy, { method: "POST", body: new TextEncoder().encode("hi") });
    expect([answer.status, answer.headers["x-method"], new TextDecoder().decode(answer.body)]).toEqual([
      200,
      "POST",
      "hi",
    ]);
    expect((await policedFetch(`${base}/none`, policy)).status).toBe(404);
  });

  it("reports progress in pieces of at most 64 KiB", async () => {
    const seen: Array<[number, number | null]> = [];
    await policedFetch(`${base}/bytes?n=150000`, policy, { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen.at(-1)).toEqual([150_000, 150_000]);
    expect(seen.every(([done], i) => done - (seen[i - 1]?.[0] ?? 0) <= 65_536)).toBe(true);
  });

  it.each(["/bytes?n=200001", "/bytes?n=200001&chunked"])("stops a body over the cap: %s", async (path) => {
    await expect(policedFetch(base + path, policy)).rejects.toMatchObject({
      code: "network_error",
      message: expect.stringContaining("limits.downloadBytes is 200000"),
    });
  });

  it("holds redirects against the list", async () => {
    const allowed = { ...policy, allowed: [`${base}/to`, `${base}/bytes`] };
    const to = (target: string): string => `${base}/to?url=${encodeURIComponent(target)}`;
    expect((await policedFetch(to("/bytes?n=3"), allowed)).body).toHaveLength(3);
    await expect(policedFetch(to("/echo"), allowed)).rejects.toMatchObject({ code: "permission_denied" });
    await expect(policedFetch(to("/to?url=/to"), { ...allowed })).rejects.toMatchObject({ code: "network_error" });
  });

  describe("where the platform hides what a redirect leads to", () => {
    const allowed = { ...policy, allowed: ["https://h.example/a"] };
    /** A browser's fetch: the first request is told only that there is a redirect, the second follows it to `end`. */
    const browser = (end: string) => {
      const asked: Array<[string, RequestRedirect | undefined]> = [];
      const cancelled = vi.fn();
      const body = new ReadableStream(
        {
          pull: (controller) => {
            controller.enqueue(new TextEncoder().encode("secret"));
            controller.close();
          },
          cancel: cancelled,
        },
        { highWaterMark: 0 },
      );
      vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
        asked.push([url, init.redirect]);
        if (init.redirect === "manual") return { type: "opaqueredirect", status: 0, headers: new Headers() };
        return Object.defineProperty(new Response(body), "url", { value: end });
      });
      return { asked, cancelled };
    };
    afterEach(() => vi.unstubAllGlobals());

    it("follows it and judges it by its end", async () => {
      const { asked } = browser("https://h.example/a/b");
      const answer = await policedFetch("https://h.example/a", allowed);
      expect(new TextDecoder().decode(answer.body)).toBe("secret");
      expect(asked).toEqual([
        ["https://h.example/a", "manual"],
        ["https://h.example/a", "follow"],
      ]);
    });

    it("sends no secret on", async () => {
      const { asked } = browser("https://h.example/a/b");
      const secrets = new Secrets({ KEY: { value: "s3cr3t", hosts: ["h.example"] } });
      const headers = { "x-key": placeholderOf("KEY") };
      await expect(policedFetch("https://h.example/a", policy, { headers }, { secrets })).rejects.toMatchObject({
        code: "permission_denied",
      });
      expect(asked).toEqual([["https://h.example/a", "manual"]]);
    });

    it("hands out nothing of an end that is not allowed", async () => {
      const { cancelled } = browser("https://evil.example/a");
      await expect(policedFetch("https://h.example/a", allowed)).rejects.toMatchObject({ code: "permission_denied" });
      expect(cancelled).toHaveBeenCalledOnce();
    });
  });

  it("names the reason of every failure", async () => {
    await expect(policedFetch(base, { ...policy, allowNetwork: false })).rejects.toMatchObject({
      code: "permission_denied",
      message: "network download is disabled by host policy",
    });
    await expect(policedFetch("http://127.0.0.1:1/x", policy)).rejects.toMatchObject({ code: "network_error" });
    await expect(policedFetch(`${base}/never`, { ...policy, timeoutMs: 30 })).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    const abort = new AbortController();
    const waiting = policedFetch(`${base}/never`, policy, { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    await expect(policedFetch("file:///etc/passwd", policy)).rejects.toMatchObject({ code: "permission_denied" });
    await expect(policedFetch("not a url", policy)).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("uses the host's fetch instead of the platform's, under the same rules", async () => {
    const callback = async (url: string) => ({ status: 200, headers: { ETag: "x" }, body: new Uint8Array(url.length) });
    const answer = await policedFetch("https://a.example/", policy, {}, { fetch: callback });
    expect(answer.headers).toEqual({ etag: "x" });
    await expect(
      policedFetch("https://a.example/", { ...policy, limits: { downloadBytes: 3 } }, {}, { fetch: callback }),
    ).rejects.toMatchObject({ code: "network_error" });
    await expect(
      policedFetch("https://a.example/", { ...policy, timeoutMs: 20 }, {}, { fetch: () => new Promise(() => {}) }),
    ).rejects.toMatchObject({ code: "deadline_exceeded" });
  });
});

describe("the allow-list", () => {
  it.each([
    ["https://h.example/manifests/a.yaml", true],
    ["https://H.example:443/Manifests", true],
    ["https://h.example/manifests-extra/a", false],
    ["https://h.example/manifests/../secret", false],
    ["https://h.example/manifests/%2e%2e/secret", false],
    ["https://h.example/manifests/%2e%2e%2fsecret", false],
    ["https://h.example@evil.example/manifests/a", false],
    ["https://user@h.example/manifests/a", false],
    ["https://:word@h.example/manifests/a", false],
    ["https://h.example.evil.example/manifests/a", false],
    ["http://h.example/manifests/a", false],
    ["nonsense", false],
  ])("%s → %s", (url, expected) => {
    expect(isAllowed(url, ["https://h.example/manifests/"])).toBe(expected);
  });
});

it("an allow-list entry with a user name covers nothing", () => {
  expect(isAllowed("https://h.example/a", ["https://user@h.example/a"])).toBe(false);
});

it("hashes", async () => {
  expect(await digestSha256Hex(new TextEncoder().encode("hello world"))).toBe(
    "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
  );
});
