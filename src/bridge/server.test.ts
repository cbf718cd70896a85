import { afterEach, describe, expect, it } from "vitest";
import { LuaSkillsError } from "../errors.ts";
import type { BridgeConnection } from "../process/bridge/connection.ts";
import { connect, startTestBridge, type TestBridge } from "../testing/test-bridge.ts";
import type { StoredToken, TokenStore } from "./pairing.ts";
import type { BridgeServerOptions } from "./server.ts";
import type { BridgeService } from "./service.ts";

const open: Array<{ close(): void | Promise<void> }> = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function start(options: BridgeServerOptions = {}): Promise<TestBridge & { link: BridgeConnection }> {
  const test = await startTestBridge(options);
  open.push(test.bridge);
  const link = await connect(test);
  open.push(link);
  return { ...test, link };
}

const echo = (closed: string[] = []): BridgeService => ({
  name: "echo",
  open: ({ emit }) => ({
    facts: { kind: "echo" },
    methods: {
      say: (params) => params,
      fail: () => {
        throw new LuaSkillsError("conflict", "it is so", { data: { a: 1 } });
      },
      crash: () => {
        throw new Error("secret of the bridge");
      },
      shout: (params) => emit("shout", params),
      wait: (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    },
    close: () => void closed.push("closed"),
  }),
});

describe("a service of the bridge", () => {
  it("answers with JSON, bytes and 64-bit integers, and tells its facts", async () => {
    const { link } = await start({ services: [echo()] });
    expect((await link.facts()).services.echo).toEqual({ kind: "echo" });
    const value = await link.call("echo", "say", { a: Uint8Array.of(1, 2), n: 2n ** 60n });
    expect(value).toEqual({ a: Uint8Array.of(1, 2), n: 2n ** 60n });
  });

  it("fails with its own errors, and keeps what others say to its log", async () => {
    const { link, log } = await start({ services: [echo()] });
    await expect(link.call("echo", "fail", {})).rejects.toMatchObject({ code: "conflict", data: { a: 1 } });
    await expect(link.call("echo", "crash", {})).rejects.toMatchObject({
      code: "bridge_error",
      message: "echo.crash failed in the bridge; its log says why",
    });
    expect(log.find(({ event }) => event === "fault")).toMatchObject({ error: "Error: secret of the bridge" });
    await expect(link.call("echo", "toString", {})).rejects.toMatchObject({ code: "invalid_argument" });
    await expect(link.call("nothing", "say", {})).rejects.toMatchObject({ code: "capability_unavailable" });
  });

  it("says things by itself", async () => {
    const { link } = await start({ services: [echo()] });
    const heard = new Promise((resolve) => link.onEvent("echo", (name, data) => resolve([name, data])));
    await link.call("echo", "shout", { loud: true });
    expect(await heard).toEqual(["shout", { loud: true }]);
  });

  it("hears an abort, and ends with its connection", async () => {
    const closed: string[] = [];
    const { link, bridge } = await start({ services: [echo(closed)] });
    const abort = new AbortController();
    const waiting = link.call("echo", "wait", {}, { signal: abort.signal });
    abort.abort(new LuaSkillsError("aborted", "enough"));
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    expect(await link.call("echo", "say", 1)).toBe(1);
    await bridge.close();
    expect(closed).toEqual(["closed"]);
  });

  it("fails what runs when the bridge goes away, and connects again to a new one", async () => {
    let kept: readonly StoredToken[] = [];
    const store: TokenStore = {
      load: () => kept,
      save: (all) => {
        kept = all;
      },
    };
    const first = await start({ services: [echo()], tokens: store });
    const { port } = first.bridge;
    const waiting = first.link.call("echo", "wait", {});
    waiting.catch(() => {});
    await first.link.call("echo", "say", 1);
    await first.bridge.close();
    await expect(waiting).rejects.toMatchObject({
      code: "bridge_error",
      message: expect.stringContaining("was lost during echo.wait"),
    });
    await expect(first.link.call("echo", "say", 1)).rejects.toMatchObject({ code: "bridge_error" });
    const second = await startTestBridge({ services: [echo()], tokens: store, port });
    open.push(second.bridge);
    expect(await first.link.call("echo", "say", 2)).toBe(2);
  });
});
