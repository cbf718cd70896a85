import { describe, expect, it } from "vitest";
import { KeyValues } from "../../src/genx/builtin/key-values.ts";
import { genxVm } from "./genx-vm.ts";
import { fixture, mockNetwork, type Route } from "./mock-routes.ts";

const beforeExpiry = Date.parse("2024-06-01T11:00:00Z");

const routes: readonly Route[] = [
  {
    method: "POST",
    path: "/me/@refresh",
    bodyFile: "auth/refresh_token_resp.json",
    matchBody: fixture("auth/refresh_token_req.json"),
  },
  { method: "POST", path: "/me/@refresh", status: 404, body: { message: "no such key" } },
  { method: "GET", path: "/characters", bodyFile: "pal/characters_list_resp.json" },
  { method: "GET", path: "/voices", bodyFile: "pal/voices_list_resp.json" },
  { method: "GET", path: "/virtual-devices", body: [fixture("pal/virtual_devices_get_resp.json")] },
  { method: "GET", path: "/chat-topics", body: [] },
  { method: "GET", path: "/plans", body: [{ id: "plan", name: "Plus", price: 5, interval: "month" }] },
  {
    method: "POST",
    path: "/device-auth/refresh-token",
    body: { token: "d", tokenExpireAt: "2024-06-01T12:00:00Z", key: "k" },
  },
  { method: "POST", path: "/device-auth/setup", body: { token: "d2", key: "k2" } },
  { method: "GET", path: "/projects", body: [fixture("aiot/projects_get_resp.json")] },
  { method: "GET", path: "/projects/home", bodyFile: "aiot/projects_get_resp.json" },
  { method: "GET", path: "/projects/home/gears", bodyFile: "aiot/gears_list_resp.json" },
  { method: "GET", path: "/projects/home/agents", body: [] },
];

async function world(extra: readonly Route[] = []) {
  const network = mockNetwork([...extra, ...routes]);
  const clock = { now: beforeExpiry };
  const now = () => clock.now;
  const kvs = new KeyValues({ now });
  const vm = await genxVm({ now, kvs, fetch: network.fetch });
  const lines = () => network.requests.map(({ line }) => line);
  return { ...vm, network, clock, kvs, now, lines };
}

const sdk = `local sdk = require("haivivi")
local client = sdk.auth.new_client("https://api.test", "key-of-a-user") `;

describe("auth", () => {
  it("refreshes a token by key", async () => {
    const { first, network } = await world();
    const value = await first(`${sdk} local s, err = client:refresh_token()
      return { s.token, err == nil, s.user.nickname, s.user.roles[1], client:token_state() }`);
    expect(value).toEqual(["token-1", true, "Ada", "owner", "valid"]);
    expect(network.requests).toEqual([{ line: "POST /me/@refresh", body: { key: "key-of-a-user" } }]);
  });

  it("keeps the session for the next client, and asks again when it is over", async () => {
    const { first, lines, kvs, clock } = await world();
    expect(await first(`${sdk} return { client:token_state(), client:get_token(), client:get_token() }`)).toEqual([
      "none",
      "token-1",
      "token-1",
    ]);
    expect(lines()).toHaveLength(1);
    expect(kvs.get("haivivi:auth:session")).toMatchObject({ token: "token-1" });
    expect(await first(`${sdk} return { client:get_token(), client.session.id }`)).toEqual(["token-1", "session-1"]);
    expect(lines()).toHaveLength(1);
    clock.now = Date.parse("2024-06-01T11:46:00Z");
    expect(await first(`${sdk} return { client:token_state(), client:get_token(), client:needs_refresh() }`)).toEqual([
      "stale",
      "token-1",
      true,
    ]);
    expect(lines()).toHaveLength(1);
    clock.now = Date.parse("2024-06-01T12:00:00Z");
    expect(await first(`${sdk} return { client:token_state(), client:get_token() }`)).toEqual(["expired", "token-1"]);
    expect(lines()).toHaveLength(2);
  });

  it("makes an HTTP client that carries the token, and says what went wrong", async () => {
    const { first, network } = await world([{ method: "GET", path: "/users/u1", body: { id: "u1" } }]);
    expect(
      await first(`${sdk} return { (client:http_client():get("/users/u1")).id, (client.users:get("u1")).id }`),
    ).toEqual(["u1", "u1"]);
    expect(network.requests.slice(1).map(({ token }) => token)).toEqual(["token-1", "token-1"]);
    expect(
      await first(
        `local c = require("haivivi").auth.new_client("https://api.test", "wrong") c.session = nil return { c:refresh_token() == nil, select(2, c:refresh_token()), c:get_token() }`,
      ),
    ).toEqual([true, "HTTP 404: no such key", ""]);
  });

  it("shares one refresh between tasks", async () => {
    const { first, lines } = await world();
    const value = await first(`${sdk} local async = sdk.async
      local a, b = client:get_token_async(), client:get_token_async()
      local wanted = async.poll(a)
      local kind, refreshing = wanted.type, client:is_refreshing()
      local second = async.poll(b)
      local response = __builtin.http(wanted.request)
      local after = async.poll(a, response)
      while after do after = async.poll(a) end
      while async.pending(b) do async.poll(b) end
      return { kind, refreshing, second == nil or second.type, (async.result(a)), (async.result(b)) }`);
    expect(value).toEqual(["http", true, "sleep", "token-1", "token-1"]);
    expect(lines()).toHaveLength(1);
    expect(
      await first(`${sdk} local all = sdk.async.all({ client:get_token_async(), sdk.async.http({ url = "https://api.test/plans", method = "GET" }), sdk.async.sleep(0) })
      local values, err = sdk.async.run_sync(all) return { values[1], values[2].status, err == nil }`),
    ).toEqual(["token-1", 200, true]);
    expect(
      await first(
        'local t = require("haivivi").async.sleep(1) return { select(2, require("haivivi").async.result(t)) }',
      ),
    ).toEqual(["task not completed"]);
  });
});

describe("pal", () => {
  const pal = `${sdk} local pal = sdk.pal.new_client("https://pal.test", client) `;
  it.each([
    ["characters", "GET /characters", ["Otter", "Robot"]],
    ["voices", "GET /voices", ["Soft", "Clear"]],
    ["virtual_devices", "GET /virtual-devices", ["Kitchen"]],
    ["chat_topics", "GET /chat-topics", []],
    ["plans", "GET /plans", ["Plus"]],
  ])("lists %s", async (collection, line, names) => {
    const { first, network } = await world();
    const value = await first(`${pal} local list, err = pal.${collection}:list()
      local names = {} for i, each in ipairs(list) do names[i] = each.name end return { names, err == nil }`);
    expect(value).toEqual([names, true]);
    expect(network.requests.at(-1)).toEqual({ line, token: "token-1" });
  });

  it("lets a device in", async () => {
    const { first, network } = await world();
    expect(await first(`${pal} return { (pal:refresh_token("dk")).token, (pal:setup("uat", "e", "v")).key }`)).toEqual([
      "d",
      "k2",
    ]);
    expect(network.requests).toEqual([
      { line: "POST /device-auth/refresh-token", body: { key: "dk" } },
      { line: "POST /device-auth/setup", token: "uat", body: { eid: "e", vid: "v" } },
    ]);
  });
});

describe("aiot", () => {
  const aiot = `${sdk} local aiot = sdk.aiot.new_client("https://aiot.test", client) `;
  it("lists projects", async () => {
    const { first } = await world();
    expect(await first(`${aiot} return (aiot.projects:list())[1].name`)).toBe("Home");
  });
  it("reads a project by its key", async () => {
    const { first, lines } = await world();
    expect(await first(`${aiot} local doc = aiot.projects:key("home") return { doc.id, (doc:get()).owner }`)).toEqual([
      "home",
      "user-1",
    ]);
    expect(lines().at(-1)).toBe("GET /projects/home");
  });
  it("lists gears", async () => {
    const { first } = await world();
    expect(
      await first(
        `${aiot} local list = aiot.projects:key("home").gears:list() return { list[1].sn, list[2].sn, #list }`,
      ),
    ).toEqual(["SN-1", "SN-2", 2]);
  });
  it("lists agents", async () => {
    const { first, lines } = await world();
    expect(await first(`${aiot} return #aiot.projects:key("home").agents:list()`)).toBe(0);
    expect(lines().at(-1)).toBe("GET /projects/home/agents");
  });
});

it("every collection asks for what its path says", async () => {
  const names =
    "characters voices chat_topics virtual_devices albums firmwares triggers tts_models tuned_llms memberships orders payments plans subscriptions tags access_policies achievements achievement_types achievement_progresses device_logs device_gift_cards campaigns preset_prompts reports series conversations gear_check_in_records".split(
      " ",
    );
  const requests: string[] = [];
  const { first } = await genxVm({
    fetch: async ({ method, url, body }) => {
      requests.push(`${method} ${new URL(url).pathname} ${body ? new TextDecoder().decode(body) : ""}`.trim());
      return { status: 200, headers: {}, body: new TextEncoder().encode("{}") };
    },
  });
  await first(
    `local pal = require("haivivi").pal.new_client("https://p.test", { get_token = function() return "T" end })
    for _, name in ipairs(...) do
      local c = pal[name]
      c:list() c:get("1") c:create({ n = 1 }) c:update("1", { n = 2 }) c:delete("1")
    end`,
    names,
  );
  expect(requests).toEqual(
    names.flatMap((name) => {
      const path = `/${name.replaceAll("_", "-")}`;
      return [`GET ${path}`, `GET ${path}/1`, `POST ${path} {"n":1}`, `PATCH ${path}/1 {"n":2}`, `DELETE ${path}/1`];
    }),
  );
});
