import { afterAll, expect, test } from "vitest";
import { Connection, type SocketEvent, type SocketLike } from "../../src/host/modules/websocket/connection.ts";
import { testEngine } from "../../src/testing/test-engine.ts";

let now = 1_000_000;
const modules = ["store", "queue", "stream", "events", "http_client"];
const { engine, lua } = await testEngine({
  clock: { now: () => now },
  options: {
    limits: { vmMemoryBytes: 16 * 2 ** 20 },
    modules,
    grants: { "*": modules },
    security: { strict: false },
    stores: {
      all: { kind: "memory" },
      few: { kind: "memory", bytes: 10_000 },
      file: { kind: "vfs", path: "/runtime/store.json", bytes: 10_000 },
    },
    moduleOptions: { queue: { all: { capacity: 1e6 }, few: { bytes: 10_000, capacity: 1e6 } } },
  },
});
afterAll(() => engine.close());

/** Runs a step again and again until it fails: how often it went well, and what Lua was told. */
const until = (prepare: string, step: string, after = "") =>
  lua(`${prepare} local ok, err, n = true, nil, -1
    while ok and n < 1e5 do n = n + 1 ok, err = ${step} end
    local told = { n = n, kind = err and err:kind(), retryable = err and err:retryable(), message = err and err:message() }
    ${after} return told`) as Promise<{
    n: number;
    kind: string;
    retryable: boolean;
    message: string;
    again?: unknown;
  }>;
const kilobyte = '("x"):rep(1000)';

test.each([
  ["all", 7, 8, "("],
  ["few", 4, 5, "(stores"],
  ["file", 4, 5, "(stores"],
])("a store holds what it may, and more once something was deleted (%s)", async (id, least, most, part) => {
  const size = id === "all" ? '("x"):rep(2 * 2^20)' : kilobyte;
  const told = await until(
    `local s = require("store").get("${id}")`,
    `s:set("k" .. n, ${size})`,
    `s:delete("k0") told.again = s:set("k0", 1) and s:set("k0", ${size}) and not s:set("other", ${size})`,
  );
  expect(told).toMatchObject({ kind: "Unavailable", retryable: true, again: true });
  expect(told.message).toContain(part);
  expect(told.n).toBeGreaterThanOrEqual(least);
  expect(told.n).toBeLessThanOrEqual(most);
});

test("a store makes room of what is over, and a value that is replaced counts once", async () => {
  await lua(`local s = require("store").get("few")
    for i = 0, 9 do s:delete("k" .. i) end
    for i = 1, 100 do assert(s:set("same", ${kilobyte})) end
    s:delete("same")
    for i = 1, 4 do assert(s:set("t" .. i, ${kilobyte}, 60)) end
    assert(not s:set("new", ${kilobyte}))`);
  now += 61_000;
  expect(
    await lua(`local s = require("store").get("few") return s:set("new", ${kilobyte}) and s:set("new2", ${kilobyte})`),
  ).toBe(true);
});

test.each([
  ["all", '("x"):rep(2 * 2^20)', 7],
  ["few", kilobyte, 4],
])("a queue holds what it may until it is acknowledged (%s)", async (id, size, count) => {
  const told = await until(
    `local q = require("queue")`,
    `q.publish("${id}", ${size})`,
    `local m = q.receive("${id}") told.taken = q.publish("${id}", ${size})
     m:ack() told.again = q.publish("${id}", ${size})`,
  );
  expect(told).toMatchObject({ n: count, kind: "Unavailable", retryable: true, again: true });
  expect(told).not.toHaveProperty("taken");
});

test("open streams hold as much as the Lua state may, closed ones nothing", async () => {
  const told = await until(
    `local m, kept, again = require("stream"), {}, ("x"):rep(2^20)`,
    `(function() local s, e = m.new(again) kept[#kept + 1] = s return s ~= nil, e end)()`,
    `told.grown = kept[1]:write(again) told.closed = kept[1]:close() told.again = m.new(again) ~= nil`,
  );
  expect(told).toMatchObject({ n: 16, kind: "Unavailable", closed: true, again: true });
  expect(told.message).toContain("limits.vmMemoryBytes");
  expect(await lua('return require("stream").new(("x"):rep(2^20)) ~= nil')).toBe(true);
});

test("a stream that grows is refused where it is", async () => {
  const told = await until(
    `local s, piece = require("stream").new(), ("x"):rep(2^20)`,
    `(function() local n, e = s:write(piece) return n ~= nil, e end)()`,
    "told.again = s:stat().size",
  );
  expect(told).toMatchObject({ kind: "Unavailable", again: told.n * 2 ** 20 });
});

test("events nobody takes are refused after so many, by count and by bytes", async () => {
  const told = await until(
    'local e = require("events") e.subscribe("a")',
    'e.send("a", "b", "c")',
    'told.again = e.send("nobody", "b", "c")',
  );
  expect(told).toMatchObject({ n: 65_536, kind: "Unavailable", retryable: true, again: true });
  const large = await until(
    'local e, data = require("events"), ("x"):rep(2^20) e.subscribe("a")',
    'e.send("a", "b", "c", data)',
  );
  expect(large).toMatchObject({ n: 15, kind: "Unavailable" });
});

test("messages of a socket that wait for Lua take as much as one may, then the connection closes", () => {
  const listeners = new Map<string, (event: SocketEvent) => void>();
  let isClosed = false;
  const socket: SocketLike = {
    binaryType: "",
    readyState: 1,
    send() {},
    close() {
      isClosed = true;
    },
    addEventListener: (type, listener) => void listeners.set(type, listener),
  };
  const connection = new Connection(socket, { capacity: 1000, messageBytes: 10 });
  const message = listeners.get("message");
  for (const data of ["12345", "12345"]) message?.({ data });
  expect(isClosed).toBe(false);
  message?.({ data: "1" });
  expect(isClosed).toBe(true);
  const handed: unknown[] = [];
  connection.feed({ push: (each) => handed.push(each) > 0, end() {}, close() {} });
  expect(handed.length).toBe(2);
});
