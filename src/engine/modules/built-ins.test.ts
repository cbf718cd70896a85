import { describe, expect, it } from "vitest";
import type { EngineOptions, ModuleRunOptions } from "../../contract/contract.ts";
import { failure, skill, type TestEngineSetup, testEngine } from "../../testing/test-engine.ts";

const open = {
  actor: { id: "tester" },
  policies: [{ id: "all", actions: ["*"], resources: ["*"], effect: "allow" as const }],
};

/** An engine with these modules, and a way to run Lua with all of them granted. */
async function world(modules: readonly string[], options: EngineOptions = {}, setup: TestEngineSetup = {}) {
  const named = modules.filter((name) => name !== "channel");
  const test = await testEngine({ ...setup, options: { modules: named, security: open, ...options } });
  const lua = (code: string, run: ModuleRunOptions = {}) =>
    test.engine.request({ op: "runLua", code, args: {}, modules: { modules, ...run } });
  return { ...test, lua };
}

describe("built-in modules", () => {
  it("base64 and hash", async () => {
    const { lua } = await world(["base64", "hash"]);
    expect(
      await lua(`local b, h = require("base64"), require("hash")
        local _, e1 = b.decode("a") local _, e2 = h.md5({})
        return { b.encode("hé"), b.decode("aMOp"), b.encode(""), e1:kind(), e2:kind(), h.md5("abc"), h.sha1("abc"), h.sha256("abc"),
          h.hmac_sha256("data", "key"), #h.sha512("abc", true), h.fnv32("hello"), string.format("%d", h.fnv64("hello")) }`),
    ).toEqual([
      "aMOp",
      "hé",
      "",
      "Invalid",
      "Invalid",
      "900150983cd24fb0d6963f7d28e17f72",
      "a9993e364706816aba3e25717850c26c9cd0d89d",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "5031fe3d989c6d1537a013fa6e739da23463fdaec3b70137d828e36ace221bd0",
      64,
      1335831723,
      "-6615550055289275125",
    ]);
  });

  it("time: layouts, durations, zones, rounding", async () => {
    const { lua } = await world(["time"]);
    expect(
      await lua(`local time = require("time")
        local t = time.date(2024, 3, 10, 1, 30, 0, 123456789, time.load_location("America/New_York"))
        local _, bad = time.load_location("No/Where") local _, empty = time.load_location("")
        local _, layout = time.parse(time.RFC3339, "nonsense") local _, timer = time.timer(0)
        return { t:format(time.RFC3339NANO), t:add("1h"):format(time.RFC3339), t:utc():format(time.KITCHEN), tostring(time.parse_duration("1h30m45s")),
          tostring(time.parse_duration("-1.5ms")), time.parse_duration("90m"):hours(), bad:kind(), empty:kind(), layout:kind(), timer:kind(), tostring(timer),
          time.parse(time.RFC1123Z, "Mon, 02 Jan 2006 15:04:05 -0700"):unix(), t:truncate(time.parse_duration("1h")):format(time.TIME_ONLY),
          time.date(2024, 2, 30, 0, 0, 0, 0, time.utc):format(time.DATE_ONLY), t:location():string(), tostring(time.utc), t < t:add(1), time.fixed_zone("X", 3600):string() }`),
    ).toEqual([
      "2024-03-10T01:30:00.123456789-05:00",
      "2024-03-10T03:30:00-04:00",
      "6:30AM",
      "1h30m45s",
      "-1.5ms",
      1.5,
      "NotFound",
      "Invalid",
      "Invalid",
      "Invalid",
      "time.timer: duration must be > 0",
      1136239445,
      "01:00:00",
      "2024-03-01",
      "America/New_York",
      "UTC",
      true,
      "X",
    ]);
  });

  it("time: after, timers, tickers, overlapping sleeps", async () => {
    const { lua } = await world(["time", "channel"]);
    expect(
      await lua(`local time, log = require("time"), {}
        for i = 3, 1, -1 do coroutine.spawn(function() time.sleep(i * 200 * time.MILLISECOND) log[#log + 1] = i end) end
        local first = channel.select({ time.after("1h"):case_receive(), time.after("700ms"):case_receive() })
        local ticker, ticks = time.ticker("5ms"), 0
        for _ = 1, 3 do ticker:channel():receive() ticks = ticks + 1 end
        ticker:stop()
        local timer = time.timer("1h")
        return { table.concat(log, " "), type(first.value), ticks, timer:stop(), timer:stop(), timer:reset("1ms"), type((timer:response():receive())) }`),
    ).toEqual(["1 2 3", "userdata", 3, true, false, false, "userdata"]);
  });

  it("text: expressions, differences, pieces", async () => {
    const { lua } = await world(["text"]);
    expect(
      await lua(`local text = require("text")
        local re = text.regexp.compile("(?P<word>[a-zé]+)-(\\\\d+)")
        local _, bad = text.regexp.compile("(")
        local d = text.diff.new() local diffs = d:compare("the cat", "the dog")
        local patched, complete = d:patch_apply(d:patch_make("the cat sat", "the dog sat"), "the cat sat")
        local pieces = text.splitter.recursive({ chunk_size = 10, chunk_overlap = 0 }):split_text("aaaa bbbb cccc dddd")
        return { re:find_string("x é-12 b-3"), re:find_string_index("x é-12"), re:find_all_string("a-1 b-2"), re:replace_all_string("a-1 b-2", "\${2}:$word"),
          re:find_string_submatch("a-1"), re:num_subexp(), re:subexp_names(), bad:kind(), diffs[1], patched, complete, pieces, re:find_string("none") == nil, re:split("1a-1 2b-2 3", -1) }`),
    ).toEqual([
      "é-12",
      [3, 7],
      ["a-1", "b-2"],
      "1:a 2:b",
      ["a-1", "a", "1"],
      2,
      ["", "word", ""],
      "Invalid",
      { operation: "equal", text: "the " },
      "the dog sat",
      true,
      ["aaaa bbbb", "cccc dddd"],
      true,
      ["1", " 2", " 3"],
    ]);
  });

  it("yaml, ctx, env", async () => {
    const { lua } = await world(["yaml", "ctx", "env"], { env: { HOME: "/home" } });
    expect(
      await lua(
        `local yaml, ctx, env = require("yaml"), require("ctx"), require("env")
        local _, bad = yaml.decode("a: [") local _, missing = ctx.get("nothing") local _, empty = env.get("")
        return { yaml.decode("a: 1\\nb: [x, true]"), yaml.encode({ b = 1, a = 2 }, { field_order = { "b" } }), bad:kind(), ctx.get("user"), missing:kind(), env.get("HOME"), env.set("X", "1"), env.get("X"), empty:kind() }`,
        { ctx: { user: "ada" } },
      ),
    ).toEqual([{ a: 1, b: ["x", true] }, "b: 1\na: 2\n", "Internal", "ada", "NotFound", "/home", true, "1", "Invalid"]);
  });

  it("store: versions, conditions, lifetimes, files", async () => {
    let now = 1_000;
    const { lua, store } = await world(
      ["store"],
      { stores: { "app:memory": { kind: "memory" }, "app:file": { kind: "vfs", path: "/runtime/state/kv.json" } } },
      { clock: { now: () => now } },
    );
    expect(
      await lua(`local s = require("store").get("app:memory")
        local e1 = s:put("a", 1) local e2 = s:put("a", { n = 2 }, { if_version = e1.version })
        local _, conflict = s:put("a", 3, { if_version = e1.version }) local _, exists = s:put("a", 3, { only_if_absent = true })
        local _, both = s:put("a", 1, { only_if_absent = true, if_version = 1 }) local _, missing = s:get("b") local _, unknown = require("store").get("nowhere")
        s:set("b", "x", 1) s:set("c", "y")
        return { s:get("a"), e2.version > e1.version, conflict:kind(), conflict:retryable(), exists:kind(), both:kind(), missing:kind(), unknown:kind(), s:has("b"), s:list({ limit = 2 }), tostring(s), s:release(), s:release(), tostring(s), select(2, s:get("a")):kind() }`),
    ).toMatchObject([
      { n: 2 },
      true,
      "Conflict",
      true,
      "AlreadyExists",
      "Invalid",
      "NotFound",
      "NotFound",
      true,
      { cursor: "b", has_more: true },
      "store.Store{}",
      true,
      true,
      "store.Store{released}",
      "Invalid",
    ]);
    now += 2_000;
    expect(
      await lua(`local s = require("store").get("app:memory") local f = require("store").get("app:file")
        f:set("k", { "\\255\\0", 9007199254740993 }) return { s:has("b"), s:get("c"), s:delete("c"), s:delete("c"), f:get("k")[2] == 9007199254740993, f:info().durable }`),
    ).toEqual([false, "y", true, false, true, true]);
    expect(store.fs.stat("/runtime/state/kv.json")?.kind).toBe("file");
  });

  it("crypto", async () => {
    const { lua } = await world(["crypto"]);
    expect(
      await lua(`local c = require("crypto")
        local key = string.rep("k", 32)
        local sealed = c.encrypt.aes("secret", key, "aad") local other = c.encrypt.chacha20("secret", key)
        local token = c.jwt.encode({ sub = "ada", n = 1 }, "a key that is long enough for HS256") local claims = c.jwt.verify(token, "a key that is long enough for HS256")
        local _, wrong = c.jwt.verify(token, "another key that is long enough!!") local _, broken = c.decrypt.aes(sealed, key, "other")
        return { #c.random.bytes(8), #c.random.string(12), #c.random.uuid(), c.decrypt.aes(sealed, key, "aad"), c.decrypt.chacha20(other, key), claims.sub, claims.n, wrong:kind(), broken:kind(),
          #c.pbkdf2("p", "s", 10, 16), c.constant_time_compare("a", "a"), c.constant_time_compare("a", "ab"), c.hmac.sha256("key", "data") }`),
    ).toEqual([
      8,
      12,
      36,
      "secret",
      "secret",
      "ada",
      1,
      "PermissionDenied",
      "Internal",
      16,
      true,
      false,
      "5031fe3d989c6d1537a013fa6e739da23463fdaec3b70137d828e36ace221bd0",
    ]);
  });

  it("events and logger", async () => {
    const { lua, events } = await world(["events", "logger", "channel"]);
    expect(
      await lua(`local events, logger = require("events"), require("logger")
        local sub = events.subscribe("app.*", "made")
        events.send("app.one", "made", "/x", { n = 1 }) events.send("app.one", "gone", "/x") events.send("other", "made", "/x") events.send("app.two", "made", "/y")
        local a, b = sub:channel():receive(), sub:channel():receive()
        local closed = sub:close()
        logger:with({ id = 7 }):named("job"):warn("slow", { ms = 12 })
        local _, err = logger:named("")
        return { a, b.path, closed, (select(2, sub:channel():receive())), err:kind() }`),
    ).toEqual([{ system: "app.one", kind: "made", path: "/x", data: { n: 1 } }, "/y", true, false, "Invalid"]);
    expect(events).toContainEqual(["log", { level: "warn", message: "[job] slow id=7 ms=12" }]);
  });

  it("funcs: an error object an entry raises keeps what it says; futures hand out payloads where they are granted", async () => {
    const files = skill("maths", {
      refuses: `return function(args) error(errors.new({ message = "busy", kind = "Unavailable", retryable = true, details = { n = args.n } })) end`,
      answers: "return function(args) return { n = args.n } end",
    });
    const { lua } = await world(["funcs", "channel", "payload", "ctx"], { grants: { maths: ["ctx"] } }, { files });
    expect(
      await lua(`local funcs, payload = require("funcs"), require("payload")
        local _, err = funcs.call("maths:refuses", { n = 3 })
        local future = funcs.async("maths:refuses", { n = 4 })
        local late = future:response():receive()
        local one = funcs.async("maths:answers", { n = 5 }):response():receive()
        local json = payload.new({ a = { 1, 2 } }):transcode(payload.format.JSON)
        local _, none = payload.new({}):transcode("application/msgpack")
        return { err:kind(), err:message(), err:retryable(), err:details(), late:kind(), one:data(), one:get_format(), tostring(one),
          json:get_format(), json:data(), json:transcode(payload.format.STRING):data(), none:kind(), payload.new(err):get_format(), (payload.new(7):transcode(payload.format.STRING):data()) }`),
    ).toEqual([
      ...["Unavailable", "busy", true, { n: 3 }, "Unavailable", { n: 5 }, "lua/any", "payload{format=lua/any}"],
      ...["json/plain", { a: [1, 2] }, '{"a":[1,2]}', "Internal", "golang/error", "7"],
    ]);
  });

  it("funcs: calls and futures of skills, with actors and contexts", async () => {
    const files = skill("maths", {
      double: "return function(args) return { n = args.n * 2 } end",
      fails: "return function() error('no way') end",
      who: "return function() return { can = require('security').can('a', 'b'), user = (require('ctx').get('user')) } end",
    });
    const { lua } = await world(
      ["funcs", "channel", "security", "json", "ctx"],
      { grants: { maths: ["security", "ctx"] } },
      { files },
    );
    expect(
      await lua(`local funcs, security = require("funcs"), require("security")
        local future = funcs.async("maths:double", { n = 4 })
        local answer, open = future:response():receive()
        local _, unknown = funcs.call("maths:nothing") local _, empty = funcs.call("") local _, failed = funcs.call("maths:fails")
        local pending = funcs.async("maths:double", { n = 1 }) local canceled = pending:cancel()
        local nobody = security.new_actor("nobody") local scope = security.new_scope({ { id = "no", actions = { "*" }, resources = { "*" }, effect = "deny" } })
        return { funcs.call("maths:double", { n = 3 }), answer, future:is_complete(), future:result(), unknown:kind(), empty:kind(), failed:message():match("no way"), canceled, pending:is_canceled(), select(2, pending:result()):kind(),
          funcs.call("maths:who"), funcs.new():with_context({ user = "eve" }):with_actor(nobody):with_scope(scope):call("maths:who") }`),
    ).toEqual([
      { n: 6 },
      { n: 8 },
      true,
      { n: 8 },
      "NotFound",
      "Invalid",
      "no way",
      true,
      true,
      "Canceled",
      { can: true },
      { can: false, user: "eve" },
    ]);
  });

  it("a run over its grants is told so before any code runs", async () => {
    const { lua } = await world(["json"]);
    const refused = await failure(lua("return 1", { modules: ["json", "nothing"] }));
    expect(refused).toMatchObject({ code: "invalid_argument", message: expect.stringContaining('"nothing"') });
    const denied = await failure(lua("return 1", { deniedClasses: ["encoding"] }));
    expect(denied).toMatchObject({
      code: "permission_denied",
      message: expect.stringContaining("module has denied class"),
    });
    expect(await lua("return pcall(require, 'json')", { excludeClasses: ["encoding"] })).toBe(false);
    expect((await failure(lua("return 1", { deny: ["json"] }))).message).toContain("forbidden module: json");
  });

  it("an object that nobody holds but the call of its method lives until the host has answered, whenever Lua collects", async () => {
    const { lua } = await world(["logger"]);
    // Tables on their way to the host are copied, so each of these calls may collect.
    const calls = `local root, wide = require("logger"), {}
      for i = 1, 40 do wide[i] = { i } end
      for i = 1, 3000 do root:named("n"):with({ a = i }):debug("said", { b = wide }) end
      return "lived"`;
    expect(await lua(calls)).toBe("lived");
  });
});
