import { describe, expect, it } from "vitest";
import { KeyValues } from "../../src/genx/builtin/key-values.ts";
import { genxVm } from "./genx-vm.ts";

describe("Luau's libraries", () => {
  it.each<[string, unknown]>([
    [
      "{ table.find({ 'a', 'b', 'a' }, 'a', 2), table.find({}, 1) == nil, #table.create(3, 0), table.clone({ 1, x = 2 }).x }",
      [3, true, 3, 2],
    ],
    [
      "{ string.split('a,b,,c')[3], #string.split('a,b,,c'), #('x'):split(''), ('a--b'):split('--')[2] }",
      ["", 4, 1, "b"],
    ],
    [
      "{ math.round(2.5), math.round(-2.5), math.clamp(5, 1, 3), math.sign(-2), math.sign(0), math.lerp(1, 3, 0.5) }",
      [3, -3, 3, -1, 0, 2],
    ],
    [
      "{ bit32.band(0xff, 0x0f), bit32.bor(1, 2), bit32.bxor(3, 1), bit32.bnot(0), bit32.lshift(1, 31), bit32.lshift(1, 32), bit32.rshift(-1, 28), bit32.arshift(-256, 4), bit32.lrotate(0x80000001, 1), bit32.extract(0xabcd, 4, 8), bit32.replace(0, 5, 4, 4), bit32.countlz(1), bit32.countrz(8), bit32.byteswap(0x01020304), bit32.btest(2, 3) }",
      [15, 3, 2, 4294967295, 2147483648, 0, 15, 4294967280, 3, 188, 80, 31, 3, 67305985, true],
    ],
    [
      "(function() local t = table.freeze({ 1, 2, k = 'v' }) local ok, e = pcall(function() t.x = 1 end) local n = 0 for k, v in t do n += 1 end return { table.isfrozen(t), ok, e:match('readonly') ~= nil, t.k, #t, n, table.isfrozen({}), table.clone(t).k } end)()",
      [true, false, true, "v", 2, 3, false, "v"],
    ],
    [
      "(function() local t = table.freeze({ 'a', 'b' }) local n = 0 for _ in ipairs(t) do n += 1 end local _, behind = pairs(t) local function refused(f, ...) return select(2, pcall(f, ...)):match('readonly') ~= nil end return { table.concat(t, ','), select('#', table.unpack(t)), n, refused(table.insert, t, 'c'), refused(table.sort, t), refused(rawset, t, 1, 2), refused(function() behind[1] = 2 end), table.concat(t) } end)()",
      ["a,b", 2, 2, true, true, true, true, "ab"],
    ],
    [
      "(function() local b = buffer.create(16) buffer.writeu8(b, 0, 255) buffer.writei16(b, 1, -2) buffer.writef64(b, 4, 1.5) buffer.writestring(b, 12, 'hi') return { buffer.readi8(b, 0), buffer.readu16(b, 1), buffer.readi16(b, 1), buffer.readf64(b, 4), buffer.readstring(b, 12, 2), buffer.len(b), typeof(b), pcall(buffer.readu32, b, 13), buffer.tostring(buffer.fromstring('abc')) } end)()",
      [-1, 65534, -2, 1.5, "hi", 16, "buffer", false, "abc"],
    ],
    ["{ typeof(1), typeof(nil), typeof({}), typeof('') }", ["number", "nil", "table", "string"]],
    [
      "(function() local out = {} task.spawn(function(a) out[1] = a task.wait(0.01) out[2] = 'late' end, 'now') return { out, task.wait(0) >= 0 } end)()",
      [["now", "late"], true],
    ],
  ])("return %s", async (expression, expected) => {
    const { first } = await genxVm({ files: { "m.luau": `return ${expression}` } });
    expect(await first('return require("m")')).toEqual(expected);
  });

  it("come only with a text that names them", async () => {
    const files = { "plain.luau": "local n: number = 1 return n", "named.luau": "return typeof(1)" };
    const { first } = await genxVm({ files });
    expect(await first('require("plain") return { bit32 == nil, table.find == nil }')).toEqual([true, true]);
    expect(await first('require("named") return { bit32 ~= nil, table.find ~= nil }')).toEqual([true, true]);
  });
});

describe("promises", () => {
  it("keep their values and can be shared", async () => {
    const { first } = await genxVm();
    expect(
      await first(`local b = __builtin
      local s = b.sleep(5)
      local before = s:is_ready()
      local first, second = b.await_all(s, b.timeout(1)), b.await_any(s, b.timeout(60000))
      local all = first:await()
      local any = second:await()
      local forged = setmetatable({}, getmetatable(s))
      return { before, s:is_ready(), all[2].cancelled, any == nil, select("#", s:await()), select(2, forged:await()), forged:is_ready() }`),
    ).toEqual([false, true, false, true, 1, "promise not found", true]);
  });

  it("overlap: two waits take as long as the longer one", async () => {
    const { first } = await genxVm({ now: () => Date.now() });
    const took = (await first(
      "local t = __builtin.time() __builtin.await_all(__builtin.sleep(60), __builtin.sleep(60), __builtin.sleep(60)):await() return __builtin.time() - t",
    )) as number;
    expect(took).toBeGreaterThan(0.05);
  });

  it("are let go when nobody has them any more", async () => {
    const { first } = await genxVm();
    expect(
      await first(
        "for i = 1, 12000 do local h = __builtin.timeout(60000) h:cancel() if i % 500 == 0 then collectgarbage() end end return 'flat'",
      ),
    ).toBe("flat");
    expect(
      await first(
        "for i = 1, 9000 do __builtin.timeout(600000) if i % 500 == 0 then collectgarbage() end end collectgarbage() for i = 1, 9000 do __builtin.timeout(600000) if i % 500 == 0 then collectgarbage() end end return 'flat'",
      ),
    ).toBe("flat");
  });
});

describe("the rest of __builtin", () => {
  it("caches with a time to live", async () => {
    let now = 0;
    const { first } = await genxVm({ now: () => now });
    await first('__builtin.cache_set("a", { 1 }, 2) __builtin.cache_set("b", "stays")');
    now = 1999;
    expect(await first('return { __builtin.cache_get("a"), __builtin.cache_get("b") }')).toEqual([[1], "stays"]);
    now = 2000;
    expect(
      await first(
        '__builtin.cache_del("b") return { __builtin.cache_get("a") == nil, __builtin.cache_get("b") == nil }',
      ),
    ).toEqual([true, true]);
  });

  it("keeps false, and forgets nil", async () => {
    const { first } = await genxVm();
    expect(
      await first(
        '__builtin.kvs_set("k", false) local a = __builtin.kvs_get("k") __builtin.kvs_set("k", nil) return { a, __builtin.kvs_get("k") == nil }',
      ),
    ).toEqual([false, true]);
  });

  it("does not let scripts fill the host's memory", async () => {
    const kvs = new KeyValues({ now: () => 0, limits: { entries: 3, bytes: 1000 } });
    const { first } = await genxVm({ kvs });
    expect(
      await first(`local b = __builtin
      b.kvs_set("a", 1) b.kvs_set("b", 2) b.kvs_set("c", 3) b.kvs_set("c", 4)
      local many, why = pcall(b.kvs_set, "d", 5)
      b.kvs_del("a") b.kvs_del("b")
      local large = pcall(b.kvs_set, "e", ("x"):rep(600))
      b.kvs_set("e", "small")
      return { many, tostring(why):match("does not fit") ~= nil, large, b.kvs_get("c"), b.kvs_get("e") }`),
    ).toEqual([false, true, false, 4, "small"]);
  });

  it("writes through to a backend and reads from it", async () => {
    const written: unknown[] = [];
    const kvs = new KeyValues({
      now: () => 0,
      backend: { load: async () => ({ old: 1 }), write: async (key, value) => void written.push([key, value]) },
    });
    await kvs.load();
    const { first } = await genxVm({ kvs });
    expect(
      await first('__builtin.kvs_set("new", { a = 1 }) __builtin.kvs_del("old") return __builtin.kvs_get("new")'),
    ).toEqual({ a: 1 });
    await kvs.flush();
    expect(written).toEqual([
      ["new", { a: 1 }],
      ["old", undefined],
    ]);
  });

  it("says what JSON cannot hold", async () => {
    const { first } = await genxVm();
    expect(
      await first(`local e = __builtin.json_encode
      local loop = {} loop.self = loop
      local deep = {} for i = 1, 2000 do deep = { deep } end
      return { select(2, e(0/0)), select(2, e(loop)), select(2, e(deep)), e("\\255a"), e({ [3] = 1 }), e({ [0] = 1 }), e(1e300), e(0.1), e(2^53), e(-0.0), e("\\0\\31\\127") }`),
    ).toEqual([
      "json: unsupported value: NaN",
      "json: the value is nested too deeply or contains itself",
      "json: the value is nested too deeply or contains itself",
      '"\ufffda"',
      "[null,null,1]",
      '{"0":1}',
      "1e+300",
      "0.1",
      "9007199254740992",
      "-0",
      '"\\u0000\\u001f\\u007f"',
    ]);
  });

  it("refuses the network unless it is allowed, and times out", async () => {
    const asked: string[] = [];
    const denied = await genxVm({
      decide: (action, resource) => {
        asked.push(`${action} ${resource}`);
        return "undecided";
      },
    });
    expect(
      await denied.first('local r = __builtin.http({ url = "https://a.test/" }) return { r.status, r.err }'),
    ).toEqual([0, "not allowed: https://a.test/"]);
    expect(asked).toEqual(["http_client.request https://a.test/"]);
    const headers: unknown[] = [];
    const allowed = await genxVm({
      fetch: async (request) => {
        headers.push(request.timeoutMs, request.method);
        return { status: 200, headers: { "content-type": "a", "x-y": "b" }, body: new Uint8Array([0, 255]) };
      },
    });
    expect(
      await allowed.first(
        'local r = __builtin.http({ url = "https://a.test/", timeout = 5, method = "post" }) local names = {} for k in pairs(r.headers) do names[#names + 1] = k end table.sort(names) return { names, r.headers["CONTENT-type"], r.headers["x-Y"], r.body:byte(1, 2), r.headers.none == nil }',
      ),
    ).toEqual([["Content-Type", "X-Y"], "a", "b", 0, true]);
    expect(headers).toEqual([5, "POST"]);
  });
});

describe("require", () => {
  it("answers nil on request, and says why in the log", async () => {
    const files = { "bad.lua": "error('x')", "a.lua": "return require('b')", "b.lua": "return require('a')" };
    const { first, log } = await genxVm({ files, requireNil: true });
    expect(
      await first(
        'return { require("bad") == nil, require("none") == nil, require("") == nil, require("a") == nil, require("../x") == nil }',
      ),
    ).toEqual([true, true, true, true, true]);
    expect(log).toContainEqual(expect.stringContaining("error loading module 'bad'"));
  });

  it("takes a literal dotted name first", async () => {
    const { first } = await genxVm({ files: { "x.y.lua": "return 'literal'", "x/y.lua": "return 'path'" } });
    expect(await first('return { require("x.y"), require("x/y") }')).toEqual(["literal", "path"]);
  });
});
