import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { moduleWorld } from "../../testing/module-world.ts";

let server: WebSocketServer;
let url = "";

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => {
      const text = String(data);
      if (text === "flood") for (let i = 0; i < 50; i++) socket.send(`m${i}`);
      else if (text === "bye") socket.close(4001, "as asked");
      else socket.send(data, { binary: isBinary });
    });
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  url = `ws://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const world = (options = {}) =>
  moduleWorld(["websocket", "channel"], options, {
    platform: { processes: { socket: async () => WebSocket as never } },
  });

it("sends and receives texts and bytes, in order, until the server closes", async () => {
  const { lua, engine } = await world();
  expect(
    await lua(`local websocket = require("websocket") local client = websocket.connect("${url}", { dial_timeout = "10s" })
      client:send("hé") client:send("\\0\\255", websocket.BINARY) local _, bad = client:send("\\255")
      local ch = client:channel() local a, b = ch:receive(), ch:receive() local picked = channel.select({ ch:case_receive(), default = true })
      client:ping() client:send("bye") local last, ok = ch:receive() local _, closed = client:send("x")
      return { a.type, a.data, b.type, #b.data, bad:kind(), ch == client:receive(), picked.default, last == nil, ok, closed:kind(), tostring(client), websocket.CLOSE_CODES.NORMAL, websocket.TYPE_TEXT }`),
  ).toEqual([
    "text",
    "hé",
    "binary",
    2,
    "Invalid",
    true,
    true,
    true,
    false,
    "Internal",
    "websocket.Client{closed}",
    1000,
    "text",
  ]);
  await engine.close();
});

it("what came before the channel was asked for is kept; who is too slow is cut off, not given gaps", async () => {
  const { lua, engine } = await world();
  expect(
    await lua(`local websocket = require("websocket") local client = websocket.connect("${url}") client:send("flood") local ch = client:channel() local n, order = 0, true
      for i = 0, 49 do local m = ch:receive() order = order and m.data == "m" .. i n = n + 1 end
      local slow = websocket.connect("${url}", { channel_capacity = 5 }) slow:send("flood") local sc, got = slow:channel(), 0
      while true do local m, ok = sc:receive() if not ok then break end if m.data ~= "m" .. got then return "a gap" end got = got + 1 end
      return { n, order, got < 50 or got == 50 }`),
  ).toEqual([50, true, true]);
  await engine.close();
});

it("says what cannot be, before anything is sent", async () => {
  const { lua, engine } = await world();
  expect(
    await lua(`local websocket = require("websocket") local function kind(...) local v, err = websocket.connect(...) return v == nil and err:kind() end
      return { kind("http://example.com"), kind("nonsense"), kind("${url}", { headers = { a = "b" } }), kind("${url}", { channel_capacity = 0 }), kind("ws://127.0.0.1:1/") }`),
  ).toEqual(["Invalid", "Invalid", "Invalid", "Invalid", "Unavailable"]);
  await engine.close();
  const before = server.clients.size;
  const policies = [
    { id: "w", actions: ["websocket.connect", "websocket.connect.url"], resources: ["*"], effect: "allow" as const },
  ];
  const narrow = await world({ security: { actor: { id: "a" }, policies } });
  expect(
    await narrow.lua(`local _, err = require("websocket").connect("${url}") return { err:kind(), tostring(err) }`),
  ).toEqual(["PermissionDenied", "not allowed: private IP 127.0.0.1"]);
  expect(server.clients.size).toBe(before);
  await narrow.engine.close();
});

it("a run that ends closes what it opened", async () => {
  const { lua, engine } = await world();
  const gone = new Promise((resolve) => server.once("connection", (socket) => socket.once("close", resolve)));
  await lua(`local client = require("websocket").connect("${url}") client:channel() return 1`);
  await gone;
  await engine.close();
});
