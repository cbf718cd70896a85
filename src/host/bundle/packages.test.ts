import { describe, expect, test } from "vitest";
import { testVm } from "../../testing/test-vm.ts";

/** Lua code (a function body) → its results. */
type Case = readonly [what: string, code: string, results: readonly unknown[]];

const cases: Readonly<Record<string, readonly Case[]>> = {
  cjson: [
    ["encode", "return m.encode({ 1, { a = 'x/\\n\\127' }, true, m.null })", ['[1,{"a":"x\\/\\n\\u007f"},true,null]']],
    [
      "numbers have 14 digits",
      "return m.encode(1 / 3), m.encode(10), m.encode(1e20), m.encode(2 ^ 53)",
      ["0.33333333333333", "10", "1e+20", "9.007199254741e+15"],
    ],
    [
      "sparse arrays",
      "return m.encode({ [3] = 'x' }), pcall(m.encode, { [1000] = 1 })",
      ['[null,null,"x"]', false, "Cannot serialise table: excessively sparse array"],
    ],
    [
      "empty tables and arrays",
      "return m.encode({}), m.encode(m.empty_array), m.encode(setmetatable({}, m.empty_array_mt)), m.encode(setmetatable({ 1 }, m.array_mt))",
      ["{}", "[]", "[]", "[1]"],
    ],
    [
      "what is refused",
      "return select(2, pcall(m.encode, print)), select(2, pcall(m.encode, 0 / 0)), select(2, pcall(m.encode, { [true] = 1 }))",
      [
        "Cannot serialise function: type not supported",
        "Cannot serialise number: must not be NaN or Infinity",
        "Cannot serialise boolean: table key must be a number or string",
      ],
    ],
    [
      "cycles",
      "local t = {} t[1] = t return select(2, pcall(m.encode, t))",
      ["Cannot serialise, excessive nesting (1001)"],
    ],
    [
      "decode",
      `local t = m.decode('{"a":[1,2.5,-3e2],"b":{"c":null},"d":"\\\\u00e9\\\\ud83d\\\\ude00\\\\n"}') return t.a[3], t.b.c == m.null, t.d`,
      [-300, true, "é😀\n"],
    ],
    [
      "what is wrong and where",
      "local out = {} for i, s in ipairs({ '[1,]', '{\"a\" 1}', '[1 2]', '\"abc', '', 'Noodle', '1 2' }) do out[i] = select(2, pcall(m.decode, s)) end return unpack(out)",
      [
        "Expected value but found T_ARR_END at character 4",
        "Expected colon but found T_INTEGER at character 6",
        "Expected comma or array end but found T_INTEGER at character 4",
        "Expected value but found unexpected end of string at character 5",
        "Expected value but found T_END at character 1",
        "Expected value but found invalid token at character 1",
        "Expected the end but found T_INTEGER at character 3",
      ],
    ],
    [
      "invalid numbers by option",
      "local a = m.decode('[0x10,Infinity]') m.decode_invalid_numbers(false) local ok, e = pcall(m.decode, '0x10') m.decode_invalid_numbers(true) return a[1], a[2] == math.huge, ok, e",
      [16, true, false, "Expected value but found invalid number at character 1"],
    ],
    [
      "depth by option",
      "m.decode_max_depth(2) local ok, e = pcall(m.decode, '[[[1]]]') m.decode_max_depth(1000) return ok, e",
      [false, "Found too many nested data structures (3) at character 3"],
    ],
    [
      "safe",
      "local s = require('cjson.safe') return s.decode('{'), select(2, s.encode(print)), s.decode('[1]')[1]",
      [undefined, "Cannot serialise function: type not supported", 1],
    ],
    [
      "an instance of its own",
      "local n = m.new() n.encode_number_precision(3) return n.encode(1 / 3), m.encode(1 / 3), m._NAME",
      ["0.333", "0.33333333333333", "cjson"],
    ],
  ],
  lyaml: [
    [
      "load",
      "local t = m.load('a: 1\\nb: [x, 2.5, true, ~]\\nc: {d: no}\\n') return t.a, t.b[1], t.b[2], t.b[3], t.b[4] == m.null, t.c.d",
      [1, "x", 2.5, true, true, false],
    ],
    [
      "all documents",
      "local all = m.load('--- 1\\n--- two\\n', { all = true }) return #all, all[1], all[2], m.load('')",
      [2, 1, "two", undefined],
    ],
    [
      "anchors and merges",
      "local t = m.load('base: &b {x: 1, y: 2}\\nmore: {<<: *b, y: 3}\\nsame: *b\\n') return t.more.x, t.more.y, t.same == t.base",
      [1, 3, true],
    ],
    [
      "dump",
      "return m.dump({ { b = { 1, 'two' }, a = 'text', e = m.null, t = 'true' } })",
      ["---\na: text\nb:\n- 1\n- two\ne: ~\nt: 'true'\n...\n"],
    ],
    ["dump of what takes one line", "return m.dump({ 1, {}, 'x' })", ["--- 1\n...\n--- []\n...\n--- x\n...\n"]],
    [
      "there and back",
      "local t = m.load(m.dump({ { list = { 1, 2, { deep = 'x' } }, f = 1.5, empty = {} } })) return t.list[3].deep, t.f, type(t.empty)",
      ["x", 1.5, "table"],
    ],
    [
      "wrong input",
      "return pcall(m.load, 'a: [1') , select(2, pcall(m.dump, { print }))",
      [false, "cannot dump object of type 'function'"],
    ],
  ],
  toml: [
    [
      "parse",
      `local t = m.parse('title = "x"\\n[owner]\\nname = "T"\\nports = [1, 2]\\n[[item]]\\nn = 1\\n[[item]]\\nn = 2\\n') return t.title, t.owner.ports[2], t.item[2].n`,
      ["x", 2, 2],
    ],
    ["encode", "return m.parse(m.encode({ a = 1, b = { c = { 1, 2 }, d = 'x\"y' } })).b.d", ['x"y']],
    [
      "wrong input names the line",
      "return (select(2, pcall(m.parse, 'a = 1\\nb = \\n')):gsub('^.*TOML: ', 'TOML: '):gsub(':.- on line', ' on line'))",
      [expect.stringMatching(/^TOML .*on line 2\.$/)],
    ],
  ],
  serpent: [
    ["line", "return m.line({ 1, 'two', { x = true } }, { comment = false })", ['{1, "two", {x = true}}']],
    [
      "block",
      "return m.block({ a = { 1, 2 }, b = 'x' }, { comment = false })",
      ['{\n  a = {\n    1,\n    2\n  },\n  b = "x"\n}'],
    ],
    [
      "keys in natural order",
      "return m.line({ k10 = 1, k9 = 2, [3] = 3, ['a b'] = 4, ['end'] = 5 }, { comment = false })",
      ['{[3] = 3, ["a b"] = 4, ["end"] = 5, k9 = 2, k10 = 1}'],
    ],
    [
      "dump keeps references",
      "local t = { x = {} } t.self = t t.y = t.x local ok, c = m.load(m.dump(t)) return ok, c.self == c, c.x == c.y",
      [true, true, true],
    ],
    [
      "options",
      "return m.line({ a = 1, b = print, c = 2 }, { comment = false, keyignore = { a = true }, valtypeignore = { ['function'] = true } }), m.line({ 1, 2, 3 }, { maxnum = 2, comment = false }), m.line({ { {} } }, { maxlevel = 1, comment = false })",
      ["{c = 2}", "{1, 2}", "{{}}"],
    ],
    [
      "numbers",
      "return m.line({ math.huge, -math.huge, 1.5, 0.1 }, { comment = false, numformat = '%.3g' })",
      ["{1/0 --[[math.huge]], -1/0 --[[-math.huge]], 1.5, 0.1}"],
    ],
    ["load calls nothing", "return m.load('os.time()')", [false, expect.stringContaining("cannot call functions")]],
  ],
  zlib: [
    [
      "there and back",
      "local t = ('hello '):rep(1000) local d, eof, i, o = m.deflate()(t, 'finish') local r, e2 = m.inflate()(d) return r == t, eof, i, o == #d, e2, #d < 100",
      [true, true, 6000, true, true, true],
    ],
    [
      "gzip and raw",
      "local z = m.deflate(9, 31)('x', 'finish') local r = m.deflate(9, -15)('x', 'finish') return z:byte(1), z:byte(2), (m.inflate()(z)), m.inflate(-15)(r)",
      [31, 139, "x", "x", true, 3, 1],
    ],
    [
      "pieces",
      "local s = m.deflate() local out = s('one') .. s(' two', 'sync') local i = m.inflate() local first = i(out) out = s(' three', 'finish') local rest, eof = i(out) return first, rest, eof",
      ["one two", " three", true],
    ],
    [
      "where the stream ends",
      "local d = m.deflate()('abc', 'finish') local r, eof, n = m.inflate()(d .. 'rest') return r, eof, n == #d",
      ["abc", true, true],
    ],
    [
      "wrong input",
      "return select(2, pcall(m.inflate(), 'no zlib')), select(2, pcall(function() local s = m.deflate() s() s('x') end))",
      [
        "InvalidInput: incorrect header check",
        "IllegalState: calling stream function when stream was previously closed",
      ],
    ],
    [
      "checksums",
      "local c = m.crc32() c('one') local d = m.crc32() d(' two') local a, b = m.adler32(), m.adler32() a('one') b(' two') return m.crc32()('one two') == c(d), m.adler32()('one two') == a(b), (m.crc32()('123456789'))",
      [true, true, 0xcbf43926],
    ],
  ],
  MessagePack: [
    [
      "there and back",
      "local t = m.unpack(m.pack({ 1, -1, 300, -70000, 2 ^ 40, 1.5, 'text', true, { k = 'v' } })) return t[3], t[4], t[5], t[6], t[7], t[9].k",
      [300, -70000, 2 ** 40, 1.5, "text", "v"],
    ],
    [
      "bytes",
      "local function hex(v) return (m.pack(v):gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end return hex(nil), hex(false), hex(127), hex(128), hex(-32), hex(-33), hex('a'), hex({}), hex({ 1 }), hex({ a = 1 }), hex(1.5)",
      ["c0", "c2", "7f", "cc80", "e0", "d0df", "a161", "90", "9101", "81a16101", "cb3ff8000000000000"],
    ],
    [
      "options",
      "m.set_string('binary') local b = m.pack('a'):byte(1) m.set_string('string') m.set_number('float') local f = m.pack(0.5):byte(1) m.set_number('double') m.set_array('with_hole') local h = m.unpack(m.pack({ 1, nil, 3 }))[3] m.set_array('without_hole') return b, f, h",
      [0xc4, 0xca, 3],
    ],
    [
      "a stream",
      "local out = {} for _, v in m.unpacker(m.pack(1) .. m.pack('x') .. m.pack({ 2 })) do out[#out + 1] = type(v) end return table.concat(out, ' ')",
      ["number string table"],
    ],
    [
      "wrong input",
      "return select(2, pcall(m.unpack, '\\x92\\x01')), select(2, pcall(m.unpack, '\\x01\\x02')), select(2, pcall(m.pack, print))",
      ["missing bytes", "extra bytes", "pack 'function' is unimplemented"],
    ],
    [
      "nesting ends",
      "local t = {} for i = 1, 300 do t = { t } end return (pcall(m.pack, t)), (pcall(m.unpack, ('\\x91'):rep(300) .. '\\x01'))",
      [false, false],
    ],
  ],
  rex_pcre2: [
    [
      "match and find",
      "local from, to = m.find('abc', 'b') return (m.match('key=value', '(\\\\w+)=(\\\\w+)')), from, to, m.match('abc', 'z')",
      ["key", 2, 2, undefined],
    ],
    [
      "gmatch, count, split",
      "local out = {} for a, b in m.gmatch('a=1,b=2', '(\\\\w)=(\\\\d)') do out[#out + 1] = a .. b end for s in m.split('a, b,c', ',\\\\s*') do out[#out + 1] = s end return table.concat(out, ' '), m.count('abc', '.'), m.count('abc', '.*')",
      ["a1 b2 a b c", 3, 1],
    ],
    [
      "gsub",
      "return (m.gsub('hello world', '(o)(.)', '<%2%1>')), select(2, m.gsub('abc', '\\\\w', { a = '1', b = false })), (m.gsub('abc', 'b', function(s) return s:upper() end)), (m.gsub('aaa', 'a', 'b', 2))",
      ["hell< o>w<ro>ld", 3, "aBc", "bba"],
    ],
    [
      "flags",
      "return m.match('ABC', 'b', 1, 'i'), m.match('a\\nb', '^b', 1, m.flags().MULTILINE), m.match('aXb', 'a . b', 1, 'xi'), m.find('xab', 'ab', 1, m.flags().ANCHORED)",
      ["B", "b", "aXb", undefined],
    ],
    [
      "compiled",
      "local r = m.new('(?P<y>\\\\d{4})-(?P<m>\\\\d\\\\d)') local from, to, c = r:tfind('on 2026-11-30') local _, _, e = r:exec('2026-11') return from, to, c.y, c[2], e.m, e[1], r:match('x')",
      [4, 10, "2026", "11", "11", 1, undefined],
    ],
    [
      "characters under UTF",
      "return m.match('é!', '.', 1, m.flags().UTF), (m.find('aé!', '!', 1, m.flags().UTF)), #m.match('é', '.')",
      ["é", 4, 1],
    ],
    ["linear time", "return m.match(('a'):rep(5000) .. 'b', '(a*)*c')", [undefined]],
    [
      "what does not run in linear time is refused by name",
      "local out = {} for i, p in ipairs({ '(a)\\\\1', '(?=a)', 'a++', '(?>a)', '(?R)' }) do out[i] = select(2, pcall(m.new, p)):match('rex_pcre2: ([%a -]-) are') end return unpack(out)",
      ["back references", "look-around", "possessive quantifiers", "atomic groups", "recursion"],
    ],
    [
      "a wrong pattern",
      "return (select(2, pcall(m.new, '(a')):match('rex_pcre2: (.*)'))",
      [expect.stringContaining("missing closing )")],
    ],
  ],
  "openssl.digest": [
    [
      "digest",
      "local function hex(s) return (s:gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end return hex(m.new('md5'):final('abc')), hex(m.new('sha256'):update('a', 'b'):final('c')), hex(m.new():final('')), #m.new('sha512'):final('x')",
      [
        "900150983cd24fb0d6963f7d28e17f72",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        64,
      ],
    ],
    [
      "hmac",
      "local h = require('openssl.hmac').new('key', 'sha256') h:update('The quick brown fox ') local s = h:final('jumps over the lazy dog') return (s:gsub('.', function(c) return ('%02x'):format(c:byte()) end))",
      ["f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"],
    ],
    [
      "rand",
      "local r = require('openssl.rand') local n = r.uniform(10) return #r.bytes(16), r.bytes(16) ~= r.bytes(16), n >= 0 and n < 10 and n == math.floor(n)",
      [16, true, true],
    ],
    [
      "what is not here",
      "return pcall(m.new, 'whirlpool2'), select(2, pcall(function() return require('openssl').pkey end))",
      [false, expect.stringContaining("openssl.pkey is not supported here")],
    ],
  ],
  mime: [
    [
      "base64",
      "return m.b64('hello'), m.b64('diego:password'), m.unb64('aGVsbG8='), (select(2, m.b64('abcd', '')))",
      ["aGVsbG8=", "ZGllZ286cGFzc3dvcmQ=", "hello", "d"],
    ],
    [
      "filters",
      "local ltn12 = require('ltn12') local out = {} ltn12.pump.all(ltn12.source.string(('x'):rep(60)), ltn12.sink.chain(ltn12.filter.chain(m.encode('base64'), m.wrap('base64')), (ltn12.sink.table(out)))) return table.concat(out)",
      ["eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4\r\neHh4\r\n"],
    ],
    [
      "quoted-printable and line ends",
      "return m.qp('a=é'), (m.eol(0, 'a\\nb\\rc\\r\\nd', '|')), (m.dot(2, '.a\\r\\n.b'))",
      ["a=3D=C3=A9=\r\n", "a|b|c|d", "..a\r\n..b"],
    ],
  ],
  "socket.url": [
    [
      "parse",
      "local p = m.parse('http://me:pw@host.com:8080/a/b;p?q=1#f') return p.scheme, p.host, p.port, p.user, p.password, p.path, p.params, p.query, p.fragment",
      ["http", "host.com", "8080", "me", "pw", "/a/b", "p", "q=1", "f"],
    ],
    [
      "build and escape",
      "return m.build({ scheme = 'https', host = 'h', path = '/x', query = 'a' }), m.escape('/é '), m.unescape('%2fa'), m.build_path({ 'a b', 'c', is_absolute = 1 })",
      ["https://h/x?a", "%2f%c3%a9%20", "/a", "/a%20b/c"],
    ],
    [
      "absolute",
      "local out = {} for i, r in ipairs({ 'g', './g', '../g', '/g', '//g', '?y', '#s', '../../../g', 'http://x/' }) do out[i] = m.absolute('http://a/b/c/d;p?q', r) end return unpack(out)",
      [
        "http://a/b/c/g",
        "http://a/b/c/g",
        "http://a/b/g",
        "http://a/g",
        "http://g",
        "http://a/b/c/d;p?y",
        "http://a/b/c/d;p?q#s",
        "http://a/g",
        "http://x/",
      ],
    ],
  ],
  socket: [
    [
      "no raw sockets",
      "local ok, e = m.tcp() return ok, e:match('^[^;]+'), type(m.gettime()), (m.connect('x', 1))",
      [undefined, "this runtime is a sandbox without raw sockets", "number", undefined],
    ],
    [
      "try and protect",
      "local f = m.protect(function(x) return m.try(x, 'why') end) local g = m.protect(function() error('kept', 0) end) return f(1), select(2, f(nil)), select(2, pcall(g))",
      [1, "why", "kept"],
    ],
  ],
};

describe.each(Object.entries(cases))("%s", (name, list) => {
  test.each([...list])("%s", async (_, code, results) => {
    const t = await testVm();
    expect(await t.run(`local m = require("${name}")\n${code}`)).toEqual(results);
    t.vm.close();
  });
});
