import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BridgeServer } from "../../src/bridge/server.ts";
import { firstAnswer, page, pair, postPairing, type RunningBridge, raw, startBridge } from "./raw-bridge.ts";

let running: RunningBridge;
let token = "";
beforeAll(async () => {
  running = await startBridge();
  token = await pair(running);
});
afterAll(() => running.bridge.close());

const host = () => `127.0.0.1:${running.bridge.port}`;
const hello = (text = token) => ({ type: "hello", protocol: 1, token: text });

describe("a request that names another host or page", () => {
  it.each([
    ["a name that was made to lead here", { Host: "evil.test" }],
    ["that name with the port", { Host: "evil.test:PORT" }],
    ["a name that begins like ours", { Host: "127.0.0.1.evil.test:PORT" }],
    ["a name that ends like ours", { Host: "evil-localhost:PORT" }],
    ["our name, another port", { Host: "127.0.0.1:1" }],
    ["our name without the port", { Host: "localhost" }],
    ["another loopback address", { Host: "127.0.0.2:PORT" }],
    ["user information before our name", { Host: "x@127.0.0.1:PORT" }],
    ["no host", { Host: "" }],
    ["an address in another notation", { Host: "2130706433:PORT" }],
  ])("%s is refused", async (_, headers) => {
    const forged = { ...headers, Origin: page, Host: headers.Host.replace("PORT", String(running.bridge.port)) };
    const answer = await postPairing(running.bridge.port, running.codes.at(-1), forged);
    expect(answer).toMatch(/^HTTP\/1\.1 40[03]/);
    expect(answer).not.toContain('token":');
    expect(answer.toLowerCase()).not.toContain("access-control-allow-origin");
  });

  it("two hosts are refused", async () => {
    const lines = [
      "POST /v1/pair HTTP/1.1",
      `Host: ${host()}`,
      "Host: evil.test",
      `Origin: ${page}`,
      "Connection: close",
    ];
    expect(await raw(running.bridge.port, lines)).toMatch(/^HTTP\/1\.1 40[03]/);
  });

  it.each([
    ["another page", "http://evil.test"],
    ["our page, another port", "http://app.test:5174"],
    ["our page, another scheme", "https://app.test:5173"],
    ["a page below ours", "http://sub.app.test:5173"],
    ["a page that begins like ours", "http://app.test:5173.evil.test"],
    ["a sandboxed frame or a file", "null"],
    ["our page in capitals", "HTTP://APP.TEST:5173"],
    ["our page with a path", "http://app.test:5173/"],
    ["two pages at once", "http://app.test:5173, http://evil.test"],
    ["a star", "*"],
    ["an extension", "chrome-extension://abcdef"],
    ["nothing", ""],
  ])("%s may neither pair nor connect", async (_, origin) => {
    const answer = await postPairing(running.bridge.port, running.codes.at(-1), { Host: host(), Origin: origin });
    expect(answer).toMatch(/^HTTP\/1\.1 403/);
    expect(answer.toLowerCase()).not.toContain("access-control-allow-origin");
    expect(await firstAnswer(running.bridge.url, { Origin: origin }, [hello()])).toMatch(/^(?:refused 403|error)/);
  });

  it("a program that names no page is refused, unless the bridge takes such programs", async () => {
    expect(await firstAnswer(running.bridge.url, {}, [hello()])).toBe("refused 403");
    expect(await postPairing(running.bridge.port, running.codes.at(-1), { Host: host() })).toContain("--native");
  });

  it("a page's request without an origin is no program", async () => {
    const native = await startBridge({ native: true });
    const headers = { Host: `127.0.0.1:${native.bridge.port}`, "Sec-Fetch-Site": "cross-site" };
    expect(await postPairing(native.bridge.port, native.codes.at(-1), headers)).toMatch(/^HTTP\/1\.1 403/);
    await native.bridge.close();
  });
});

describe("pairing", () => {
  const post = (code: unknown, headers = {}) =>
    postPairing(running.bridge.port, code, { Host: host(), Origin: page, ...headers });

  it.each([
    ["a wrong code", "AAAA-AAAA"],
    ["an empty code", ""],
    ["a code that is a number", 12_345_678],
    ["a code that is a list", ["A"]],
    ["no JSON", "raw:code=1"],
    ["JSON of another kind", "raw:null"],
    ["a very long body", `raw:${"x".repeat(100_000)}`],
  ])("%s gives no token", async (_, code) => {
    running.bridge.renewPairingCode();
    expect(await post(code)).not.toContain('token":');
  });

  it("a code works once", async () => {
    const code = running.codes.at(-1);
    expect(await post(code)).toContain('token":');
    expect(await post(code)).toMatch(/403/);
  });

  it("a code is void after five tries", async () => {
    running.bridge.renewPairingCode();
    const code = running.codes.at(-1);
    for (let i = 0; i < 5; i++) expect(await post("ZZZZ-ZZZZ")).toMatch(/403/);
    expect(await post(code)).toMatch(/403/);
    expect(running.codes.at(-1)).not.toBe(code);
  });

  it("a form cannot post it, and reading it is for known pages only", async () => {
    const form = await post(running.codes.at(-1), { "Content-Type": "text/plain" });
    expect(form).toMatch(/^HTTP\/1\.1 400/);
    const get = await raw(running.bridge.port, [
      "GET /v1/pair HTTP/1.1",
      `Host: ${host()}`,
      `Origin: ${page}`,
      "Connection: close",
    ]);
    expect(get).toMatch(/^HTTP\/1\.1 404/);
    const ask = (origin: string) => [
      "OPTIONS /v1/pair HTTP/1.1",
      `Host: ${host()}`,
      `Origin: ${origin}`,
      "Connection: close",
    ];
    expect((await raw(running.bridge.port, ask(page))).toLowerCase()).toContain(`access-control-allow-origin: ${page}`);
    expect((await raw(running.bridge.port, ask("http://evil.test"))).toLowerCase()).not.toContain("access-control");
  });
});

describe("a connection", () => {
  const from = (messages: ReadonlyArray<object | string | Uint8Array>, origin = page) =>
    firstAnswer(running.bridge.url, { Origin: origin }, messages);

  it.each([
    ["a wrong token", [{ type: "hello", protocol: 1, token: "A".repeat(43) }]],
    ["an empty token", [{ type: "hello", protocol: 1, token: "" }]],
    ["no token", [{ type: "hello", protocol: 1 }]],
    ["a token that is no text", [{ type: "hello", protocol: 1, token: { $bytes: 1 } }]],
    ["a call before the hello", [{ type: "call", id: 1, service: "process", method: "exec", params: {} }]],
    ["text that is no JSON", ["{"]],
    ["bytes that are no message", [Uint8Array.of(255, 255, 255, 255, 0)]],
    ["JSON that is no message", ["null"]],
    ["nesting without end", ["[".repeat(100_000)]],
  ])("with %s is not let in", async (_, messages) => {
    expect(await from(messages)).toMatch(/refused|closed/);
    expect(await from([hello()])).toContain("welcome");
  });

  it("is for the page that paired, with its token", async () => {
    const other = await startBridge({ origins: [page, "http://other.test"] });
    const own = await pair(other);
    expect(await firstAnswer(other.bridge.url, { Origin: page }, [hello(own)])).toContain("welcome");
    expect(await firstAnswer(other.bridge.url, { Origin: "http://other.test" }, [hello(own)])).toContain("refused");
    await other.bridge.close();
  });

  it("is closed by a second hello, a message of an unknown kind, and one that is too long", async () => {
    const small = await startBridge({ limits: { messageBytes: 2_000 } });
    const own = await pair(small);
    const say = async (message: object) => {
      const answers: string[] = [];
      const { WebSocket } = await import("ws");
      const socket = new WebSocket(`${small.bridge.url.replace("http", "ws")}/v1/connect`, {
        headers: { Origin: page },
      });
      socket.on("message", (data: Buffer) => {
        answers.push(data.toString());
        if (answers.length === 1) socket.send(JSON.stringify(message));
      });
      socket.on("open", () => socket.send(JSON.stringify(hello(own))));
      socket.on("error", () => {});
      await new Promise((resolve) => socket.on("close", resolve));
      return answers;
    };
    expect((await say(hello(own))).join()).toContain("refused");
    expect((await say({ type: "welcome" })).join()).toContain("refused");
    await say({ type: "call", id: 1, service: "process", method: "which", params: { program: "x".repeat(5_000) } });
    expect(await firstAnswer(small.bridge.url, { Origin: page }, [hello(own)])).toContain("welcome");
    await small.bridge.close();
  });

  it("does not come when there are as many as allowed", async () => {
    const one = await startBridge({ limits: { connections: 0 } });
    expect(await firstAnswer(one.bridge.url, { Origin: page }, [hello()])).toBe("refused 403");
    await one.bridge.close();
  });

  it("leads nowhere but to its own address", async () => {
    const upgrade = (path: string) => [
      `GET ${path} HTTP/1.1`,
      `Host: ${host()}`,
      `Origin: ${page}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    for (const path of ["/", "/v1/connect/../x", "//v1/connect", "/v1/connect?token=x"]) {
      expect(await raw(running.bridge.port, upgrade(path))).toMatch(/^HTTP\/1\.1 403/);
    }
  });
});

describe("a configuration that would let everybody in", () => {
  it.each([
    [{ origins: ["*"] }, /exact origin/],
    [{ origins: ["http://app.test/path"] }, /exact origin/],
    [{ origins: ["null"] }, /exact origin/],
    [{ programs: [{ name: "/bin/sh" }] }, /plain name/],
    [{ programs: [{ name: "git", arguments: ["("] }] }, /regular expression/],
  ])("is refused: %j", async (options, text) => {
    await expect(BridgeServer.start({ port: 0, ...options })).rejects.toThrow(text);
  });

  it("by default allows nothing", async () => {
    const bare = await startBridge({ native: true });
    expect(bare.bridge.config).toMatchObject({
      host: "127.0.0.1",
      programs: [],
      roots: [],
      mounts: [],
      libraries: {},
    });
    await bare.bridge.close();
  });
});
