import { afterEach, describe, expect, test } from "vitest";
import { type TestVm, testVm } from "../testing/test-vm.ts";

let open: TestVm | undefined;
async function ffi(code: string): Promise<unknown[]> {
  open ??= await testVm();
  return open.run(`local ffi = require("ffi")\nlocal bit = bit\n${code}`);
}
afterEach(() => {
  open?.vm.close();
  open = undefined;
});

describe("memory", () => {
  test.each([
    [
      "behind an array",
      "local a = ffi.new('int[4]') return a[4]",
      /access 4 bytes at offset 16 of C memory with 16 bytes/,
    ],
    ["before an array", "local a = ffi.new('int[4]') return a[-1]", /offset -4 of C memory/],
    ["written behind", "local a = ffi.new('int[4]') a[4] = 1", /offset 16/],
    [
      "by a pointer that ran away",
      "local p = ffi.new('char[8]') + 100 return p[0]",
      /offset 100 of C memory with 8 bytes/,
    ],
    [
      "by a cast that is too wide",
      "local a = ffi.new('char[2]') return ffi.cast('int *', a)[0]",
      /4 bytes at offset 0/,
    ],
    ["by a length", "return ffi.string(ffi.new('char[4]'), 5)", /5 bytes at offset 0/],
    ["by a copy", "ffi.copy(ffi.new('char[4]'), 'abcd')", /5 bytes at offset 0/],
    ["by a copy from", "ffi.copy(ffi.new('char[40]'), ffi.new('char[4]'), 5)", /5 bytes at offset 0/],
    ["by a fill", "ffi.fill(ffi.new('char[4]'), 5)", /5 bytes at offset 0/],
    ["by a negative length", "return ffi.string(ffi.new('char[4]'), -1)", /-1 bytes/],
    ["by a text without end", "local a = ffi.new('char[4]', 'abcd') return ffi.string(a + 0)", /offset 4 of C memory/],
    ["through NULL", "return ffi.new('struct { int x; } *').x", /NULL pointer/],
    ["at any address", "return ffi.cast('int *', 0x7fff0000)[0]", /0x7fff0000, which is not/],
    [
      "at an address of another kind",
      "return ffi.cast('int *', 2 ^ 48 + 2 ^ 32 * 77)[0]",
      /which is not \(or no longer\)/,
    ],
    ["of a string", "ffi.cast('char *', ffi.cast('const char *', 'abc'))[0] = 65", /constant location/],
  ])("is not reached %s", async (_, code, message) => {
    await expect(ffi(code)).rejects.toThrow(message);
  });

  test("a byte is next to its neighbours at every offset and width", async () => {
    const [wrong] = await ffi(`
      local a = ffi.new('uint8_t[24]')
      for _, width in ipairs({ 1, 2, 4, 8 }) do
        for at = 0, 15 do
          ffi.fill(a, 24, 0x5a)
          local p = ffi.cast('uint' .. width * 8 .. '_t *', ffi.cast('uint8_t *', a) + at)
          p[0] = -2
          for i = 0, 23 do
            local want = 0x5a
            if i == at then want = 0xfe elseif i > at and i < at + width then want = 0xff end
            if a[i] ~= want then return width .. ' at ' .. at .. ' byte ' .. i end
          end
          if tostring(p[0]):match('%d+') ~= tostring(ffi.cast('uint' .. width * 8 .. '_t', -2)):match('%d+') and width == 8 then return 'read ' .. width end
        end
      end
      return 'none'`);
    expect(wrong).toBe("none");
  });

  test("a stored pointer keeps what it points to alive; an address as a number does not", async () => {
    const [kept, after] = await ffi(`
      ffi.cdef('struct text { const char *s; }')
      local t = ffi.new('struct text', { 'kept ' .. 7 })
      local address = tonumber(ffi.cast('intptr_t', ffi.new('int[1]', 5)))
      for _ = 1, 3 do collectgarbage() end
      return ffi.string(t.s), (pcall(function() return ffi.cast('int *', address)[0] end))`);
    expect([kept, after]).toEqual(["kept 7", false]);
  });

  test("a big buffer costs what is written to it", async () => {
    const [size, first, grown] = await ffi(`
      local before = collectgarbage('count')
      local a = ffi.new('uint8_t[?]', 2 ^ 30)
      a[2 ^ 30 - 1] = 7
      return ffi.sizeof(a), a[2 ^ 30 - 1], collectgarbage('count') - before < 100`);
    expect([size, first, grown]).toEqual([2 ** 30, 7, true]);
  });

  test("the bytes of 100 KB go in and come out", async () => {
    const bytes = Uint8Array.from({ length: 100_003 }, (_, i) => (i * 7919) % 256);
    open = await testVm();
    const [same, part] = await open.run(
      `local ffi, text = require("ffi"), ...
       local a = ffi.new('char[?]', #text + 5)
       ffi.copy(ffi.cast('char *', a) + 3, text, #text)
       return ffi.string(ffi.cast('char *', a) + 3, #text) == text, ffi.string(ffi.cast('char *', a) + 3 + 50001, 64) == text:sub(50002, 50065)`,
      bytes,
    );
    expect([same, part]).toEqual([true, true]);
  });
});

describe("finalisers", () => {
  test("run after a collection, not during it, and once", async () => {
    const result = await ffi(`
      local ran = {}
      local function make(name) return ffi.gc(ffi.new('int[1]', #ran), function(p) ran[#ran + 1] = name .. tostring(ffi.istype('int[1]', p)) end) end
      make('a') make('b')
      local kept = make('c')
      ffi.gc(make('d'), nil)
      collectgarbage() collectgarbage()
      local first = table.concat(ran, ' ')
      collectgarbage()
      return #ran, first:match('atrue') ~= nil and first:match('btrue') ~= nil, first:match('[cd]')`);
    expect(result).toEqual([2, true, undefined]);
  });

  test("of a metatype is __gc", async () => {
    expect(
      await ffi(`
        ffi.cdef('typedef struct { int n; } owner_t;')
        local sum = 0
        local owner = ffi.metatype('owner_t', { __gc = function(o) sum = sum + o.n end })
        owner(3) owner(4)
        collectgarbage() collectgarbage()
        return sum`),
    ).toEqual([7]);
  });

  test("an endless one is stopped like any program", async () => {
    open = await testVm();
    const fn = open.vm.compile(
      `local ffi = require("ffi")
       ffi.gc(ffi.new('int[1]'), function() while true do end end)
       collectgarbage() collectgarbage()`,
      "=test",
    );
    await expect(open.vm.run(fn, [], () => undefined, { instructions: 2_000_000 })).rejects.toThrow(
      /budget|instructions/i,
    );
  });
});

describe("without a bridge", () => {
  test.each([
    ["ffi.C.puts", "ffi.cdef('int puts(const char *)') return ffi.C.puts", /'puts' needs the native bridge/],
    ["ffi.load", "return ffi.load('z')", /the library 'z' needs the native bridge.*luaskills-wasm bridge/],
    ["an undeclared name", "return ffi.C.nothing", /missing declaration for symbol 'nothing'/],
    ["a callback", "return ffi.cast('int (*)(int)', function() end)", /callbacks are not supported/],
    ["a bit field", "ffi.cdef('struct b { int a : 3; }')", /bit fields are not supported: 'a'/],
    ["a long double", "return ffi.new('long double', 1)", /long double is not supported/],
  ])("%s says what is missing", async (_, code, message) => {
    await expect(ffi(code)).rejects.toThrow(message);
  });
});

test("a type that is declared later is known where it was used before", async () => {
  expect(
    await ffi(`
      ffi.cdef('struct later; struct user { struct later *p; };')
      local u = ffi.new('struct user')
      local before = pcall(ffi.new, 'struct later')
      ffi.cdef('struct later { int x; };')
      local l = ffi.new('struct later', 6)
      u.p = l
      return before, u.p.x, ffi.sizeof('struct later')`),
  ).toEqual([false, 6, 4]);
});

test("a declaration that fails leaves nothing behind", async () => {
  expect(
    await ffi(`
      local ok = pcall(ffi.cdef, 'struct half { int x; }; typedef int half_t; int broken(')
      ffi.cdef('struct half { char c; }; typedef char half_t;')
      return ok, ffi.sizeof('struct half'), ffi.sizeof('half_t')`),
  ).toEqual([false, 1, 1]);
});

test("two VMs declare for themselves", async () => {
  const [a, b] = [await testVm(), await testVm()];
  await a.run("require('ffi').cdef('struct s { int x; }')");
  await b.run("require('ffi').cdef('struct s { char x; }')");
  expect([
    await a.first("return require('ffi').sizeof('struct s')"),
    await b.first("return require('ffi').sizeof('struct s')"),
  ]).toEqual([4, 1]);
  a.vm.close();
  b.vm.close();
});

test("what a program can look at does not show the inside", async () => {
  const [metatable, fields, upvalues, length] = await ffi(`
    local a = ffi.new('int[1]')
    local seen = {}
    for i = 1, 20 do
      local name, value = debug.getupvalue(ffi.new, i)
      if name then seen[#seen + 1] = name end
    end
    return getmetatable(a), pcall(next, a), #seen, pcall(rawlen, a)`);
  expect([metatable, fields, upvalues, length]).toEqual(["ffi", false, 0, false]);
});

test("an ffi that is off is not found", async () => {
  const off = await testVm({}, { ffi: undefined as never });
  expect(await off.first('return select(2, pcall(require, "ffi"))')).toMatch(/^module 'ffi' not found:/);
  off.vm.close();
});
