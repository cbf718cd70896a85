// Programs that LuaJIT and this runtime must answer alike. Each is a function body with `ffi`; addresses are taken out of
// what it returns. `L(n)` and `U(n)` make 64-bit integers of texts.
const prelude = `
ffi.cdef[[
struct foo { int a, b; };
enum col { RED, GREEN = 5, BLUE };
typedef struct { int x; double y; char name[8]; struct foo f; struct foo *p; enum col c; bool ok; uint64_t u; int arr[3]; float fl; } T;
typedef struct { double x, y; } point;
typedef union { uint32_t u; float f; uint8_t b[4]; } bits;
typedef struct { int n; double v[?]; } vls;
typedef struct { union { int i; float f; }; struct { short s, t; }; } mixed;
typedef struct { const int k; int w; } partly;
static const int LIMIT = 42;
]]`;

export const behaviours = [
  // numbers and texts of objects
  "return tostring(ffi.new('int', 3)), tostring(ffi.new('bool', true)), tostring(ffi.new('double', 2))",
  "return tostring(ffi.new('int64_t', -5)), tostring(ffi.new('uint64_t', 5)), tostring(ffi.new('complex', 1, -2))",
  "return tostring(ffi.typeof('int (*)[3]')), tostring(ffi.typeof('T')):match('^ctype<struct'), tostring(ffi.new('int *'))",
  "return type(ffi.new('int')), type(ffi.typeof('int')), type(ffi.C)",
  "local t = ffi.new('T') return tostring(t.f), tostring(t.arr), tostring(t.c), t.ok, tostring(t.u), t.x, t.fl",
  "return tostring(ffi.new('enum col', 'BLUE')), tonumber(ffi.new('enum col', 'GREEN')), tostring(ffi.new('enum col', 3))",
  "return tonumber(L('5')), tonumber(U('18446744073709551615')), tonumber(ffi.new('bool', true)), tonumber(ffi.new('point')), tonumber(ffi.new('int *'))",
  "return string.format('%d %s %x', L('5'), L('5'), L('255'))",
  // arithmetic on 64-bit integers
  "return tostring(L('7') / 2), tostring(L('-7') / L('2')), tostring(L('-7') % 3), tostring(L('2') ^ 10), tostring(-L('3'))",
  "return tostring(U('0') - 1), tostring(U('5') / 2), tostring(U('18446744073709551615') % 10), tostring(U('18446744073709551615') / 10)",
  "return tostring(L('9223372036854775807') + 1), tostring(L('4611686018427387904') * 4), tostring(L('3037000500') * L('3037000500'))",
  "return tostring(L('2') ^ 63), tostring(U('2') ^ 63), tostring(L('3') ^ 3), tostring(L('-1') ^ -3), tostring(L('2') ^ -1)",
  "return tostring(L('1') + U('2')), tostring(L('1') + 2.9), tostring(2 - L('5')), tostring(U('1') - 2)",
  "return L('5') == L('5'), L('5') == 5, 5 == L('5'), L('5') == U('5'), L('5') ~= 6, L('5') == '5', L('0') == nil",
  "return L('5') < 6.5, L('-1') < U('1'), L('-1') < 1, 3 <= L('3'), U('18446744073709551615') > 5, L('4') >= L('5')",
  "return pcall(function() return L('1') < 'x' end)",
  "return pcall(function() return {} + L('1') end)",
  "return pcall(function() return L('1') .. 'x' end)",
  "return tostring(bit.band(U('1099511627775'), U('1095216660480'))), tostring(bit.bor(L('1'), 2)), tostring(bit.bxor(L('1'), 3))",
  "return tostring(bit.bnot(L('0'))), tostring(bit.lshift(L('1'), 40)), tostring(bit.rshift(L('-1'), 60)), tostring(bit.arshift(L('-256'), 4))",
  "return tostring(bit.rol(L('1'), 65)), tostring(bit.ror(L('1'), 1)), tostring(bit.bswap(L('1'))), bit.tohex(L('255')), bit.tobit(L('8589934591'))",
  "return bit.lshift(1, L('4')), bit.band(7, 3), bit.tohex(255, 4)",
  // pointers
  "local p = ffi.cast('int *', 0) return p == nil, nil == p, p ~= nil, not p, p == ffi.new('void *'), ffi.new('int[1]') == nil",
  "local a = ffi.new('struct foo[3]', {{1,2},{3,4},{5,6}}) local p = a + 1 return p.a, p[1].a, p - a, p > a, p == a + 1, (p - 1).b, a[2].b, 1 + a == p",
  "local a = ffi.new('int[4]', 1, 2, 3, 4) local p = ffi.cast('char *', a) p = p + 4 return p[0], ffi.cast('int *', p)[1], ffi.cast('int *', p) - a",
  "local a = ffi.new('int[2]') local p = a + 0 p[1] = 7 return a[1], tostring(ffi.typeof(p)), ffi.sizeof(p), ffi.sizeof(a)",
  "local t = ffi.new('T') local f = ffi.new('struct foo', 8, 9) t.p = f return t.p.a, t.p[0].b, t.p == f, tostring(ffi.typeof(t.p))",
  "local pp = ffi.new('int *[2]') local a = ffi.new('int[1]', 5) pp[0] = a return pp[0][0], pp[1] == nil, pp[0] == a",
  "local a = ffi.new('int[2]') return pcall(function() return a + a end)",
  "local a = ffi.new('int[2]') return pcall(function() return a * 2 end)",
  "return pcall(function() return ffi.new('void *') + 1 end)",
  "return pcall(function() return ffi.new('int *') < 1 end)",
  "local p = ffi.cast('void *', 4096) return tonumber(ffi.cast('intptr_t', p)), ffi.cast('uintptr_t', p) == 4096, p == ffi.cast('char *', 4096)",
  // memory
  "local t = ffi.new('T') t.name = 'hello' local a = ffi.string(t.name) t.name = 'longer than eight' return a, ffi.string(t.name, 8)",
  "local b = ffi.new('char[8]') ffi.copy(b, 'abc') ffi.fill(b + 1, 1, 65) local s = ffi.string(b) ffi.fill(b, 8) return s, #ffi.string(b), b[0]",
  "local a, b = ffi.new('uint8_t[6]', 1, 2, 3, 4, 5, 6), ffi.new('uint8_t[6]') ffi.copy(b + 1, a, 3) return b[0], b[1], b[2], b[3], b[4]",
  "return (ffi.string(ffi.cast('const char *', 'abc\\0def'), 7):gsub('%z', 'Z')), ffi.string('plain'), ffi.string(ffi.cast('const char *', 'abc\\0def'))",
  "local u = ffi.new('bits') u.f = 1 return u.u, u.b[3], u.b[2], ffi.sizeof(u)",
  "local u = ffi.new('bits', {f = 1}) local v = ffi.new('bits', 1) return u.u, v.u",
  "local a = ffi.new('int[2][3]') a[1][2] = 9 local flat = ffi.cast('int *', a) return flat[5], ffi.sizeof(a), ffi.sizeof(a[0])",
  "local m = ffi.new('mixed', 1, 2, 3) return m.i, m.s, m.t, ffi.offsetof('mixed', 't')",
  "local d = ffi.new('double[2]', 0.1, -1e300) local f = ffi.new('float[1]', 0.1) return d[0], d[1], f[0]",
  // initialisers
  "local a = ffi.new('int[3]', {}) local b = ffi.new('int[3]', {1}) local c = ffi.new('int[3]', {1, 2}) return a[0], b[2], c[1], c[2]",
  "local a = ffi.new('int[3]', {[0] = 1, 2}) local b = ffi.new('int[4]', 7) local c = ffi.new('int[4]', 7, 8) return a[0], a[1], a[2], b[3], c[1], c[2]",
  "local f = ffi.new('struct foo', {1}) local g = ffi.new('struct foo', {b = 5}) local h = ffi.new('struct foo', {[0] = 4, 6}) return f.a, f.b, g.a, g.b, h.a, h.b",
  "local v = ffi.new('vls', 3, {7, {1, 2, 3}}) return v.n, v.v[2], ffi.sizeof(v), ffi.sizeof('vls', 2)",
  "local a = ffi.new('int[?]', 4, 1, 2) return a[0], a[1], a[2], ffi.sizeof(a), ffi.sizeof('int[?]', 5)",
  "local f = ffi.new('struct foo', 1, 2) local g = ffi.new('struct foo', f) g.a = 9 return f.a, g.a, g.b",
  "local s = ffi.new('char[3]', 'abcd') local t = ffi.new('char[8]', 'ab') return s[2], ffi.string(t), t[7]",
  "return pcall(ffi.new, 'int[2]', {1, 2, 3})",
  "return pcall(ffi.new, 'int[2]', 1, 2, 3)",
  "return pcall(ffi.new, 'struct foo', 1, 2, 3)",
  "return pcall(ffi.new, 'int', 'x')",
  "return pcall(ffi.new, 'int', {})",
  "return pcall(ffi.new, 'int', nil)",
  "return pcall(ffi.new, 'char *', 'abc')",
  "return pcall(ffi.new, 'int *', 5)",
  "return pcall(ffi.new, 'struct foo *', {})",
  "return pcall(ffi.new, 'struct foo', ffi.new('int[1]'))",
  "return pcall(ffi.new, 'nosuch')",
  "return pcall(ffi.new, 5)",
  "return ffi.string(ffi.new('const char *', 'hi'))",
  // conversions
  "return tonumber(ffi.new('uint8_t', 300)), tonumber(ffi.new('int8_t', 200)), tonumber(ffi.new('int', 3.99)), tonumber(ffi.new('int', -3.99)), tonumber(ffi.new('uint8_t', -1))",
  "return tonumber(ffi.cast('uint32_t', -1)), tostring(ffi.cast('int64_t', -1)), tonumber(ffi.cast('float', 0.1)), tonumber(ffi.cast('int', true))",
  "return tostring(ffi.new('int64_t', 2 ^ 53)), tostring(ffi.new('uint64_t', 2 ^ 63)), tostring(ffi.cast('uint64_t', L('-1')))",
  "return tonumber(ffi.cast('bool', 3)), tonumber(ffi.cast('bool', 0)), tonumber(ffi.cast('double', L('3')))",
  "local t = ffi.new('T') t.c = 'BLUE' t.x = L('7') t.y = 5 t.ok = 1 return tonumber(t.c), t.x, t.y, t.ok",
  "local t = ffi.new('T') return pcall(function() t.c = 'NONE' end)",
  "local t = ffi.new('T') return pcall(function() t.x = 'text' end)",
  "local t = ffi.new('T') return pcall(function() t.p = ffi.new('int[1]') end)",
  "return ffi.new('complex', 3, 4).re, ffi.new('complex', 3, 4).im, tostring(ffi.new('complex float', 1))",
  // wrong use
  "return pcall(function() return ffi.new('struct foo').zz end)",
  "return pcall(function() ffi.new('struct foo').zz = 1 end)",
  "return pcall(function() return ffi.new('int[3]').zz end)",
  "return pcall(function() return ffi.new('int[3]')[{}] end)",
  "return pcall(function() return ffi.new('int', 3).x end)",
  "return pcall(function() return ffi.new('struct foo') + 1 end)",
  "return pcall(function() return ffi.new('struct foo') .. 1 end)",
  "return pcall(function() return #ffi.new('struct foo') end)",
  "return pcall(function() return ffi.new('struct foo')() end)",
  "return pcall(function() return ffi.new('struct foo') < ffi.new('struct foo') end)",
  "return pcall(function() ffi.new('const int[2]')[0] = 1 end)",
  "local p = ffi.new('partly', 3, 4) p.w = 9 return p.k, p.w, pcall(function() p.k = 1 end)",
  "return pcall(function() for _ in pairs(ffi.new('struct foo')) do end end)",
  // types
  "return ffi.sizeof('T'), ffi.alignof('T'), ffi.offsetof('T', 'u'), ffi.offsetof('T', 'none'), ffi.sizeof('void'), ffi.sizeof('int (*)(int)')",
  "return ffi.istype('struct foo', ffi.new('struct foo')), ffi.istype('struct foo', ffi.new('struct foo *')), ffi.istype('int', 5), ffi.istype('int', ffi.new('int'))",
  "return ffi.istype('const int *', ffi.new('int *')), ffi.istype('void *', ffi.new('int *')), ffi.istype('int *', ffi.new('long *')), ffi.istype('enum col', ffi.new('enum col'))",
  "local t = ffi.typeof('int[2]') return t(1, 2)[1], ffi.typeof(t) == t, ffi.sizeof(t), ffi.istype(t, t())",
  "local P = ffi.typeof('struct { $ a; $ *b; }', ffi.typeof('char'), ffi.typeof('point')) return ffi.sizeof(P), ffi.offsetof(P, 'b')",
  "local M = ffi.typeof('uint8_t[$][$]', 2, 3) return ffi.sizeof(M), tostring(M)",
  "ffi.cdef('typedef struct { $ $; } named_t;', ffi.typeof('int'), 'field') return ffi.offsetof('named_t', 'field')",
  "return ffi.C.RED, ffi.C.BLUE, ffi.C.LIMIT, pcall(function() return ffi.C.NOPE end)",
  "return pcall(function() ffi.C.RED = 5 end)",
  "return pcall(ffi.typeof, 'int $')",
  "return ffi.abi('64bit'), ffi.abi('le'), ffi.abi('be'), ffi.abi('nonsense'), ffi.arch",
  "return ffi.errno(), ffi.errno(5), ffi.errno()",
  "return pcall(ffi.metatype, 'struct foo', 5)",
  // metatypes
  `local point
  local mt = {
    __add = function(a, b) return point(a.x + b.x, a.y + b.y) end,
    __len = function(a) return math.sqrt(a.x * a.x + a.y * a.y) end,
    __index = { area = function(a) return a.x * a.x + a.y * a.y end },
  }
  point = ffi.metatype('point', mt)
  local a = point(3, 4)
  local b = a + point(0.5, 8)
  return a.x, a.y, #a, a:area(), b.x, b.y, #b, pcall(ffi.metatype, 'point', {})`,
  `local foo = ffi.metatype('struct foo', {
    __new = function(ct, a) return ffi.new(ct, a, 9) end,
    __tostring = function(s) return 'FOO ' .. s.a end,
    __eq = function() return true end, __lt = function() return true end, __le = function() return false end,
    __call = function(s, x) return x * s.a end, __concat = function() return 'cc' end, __unm = function() return 'neg' end,
    __div = function() return 'div' end, __mod = function() return 'mod' end, __pow = function() return 'pow' end,
    __index = function(s, k) return 'no ' .. k end, __newindex = function(s, k, v) s.a = v end,
  })
  local a, b = foo(2), foo(3)
  a.other = 7
  return tostring(a), a.b, a == b, a < b, a <= b, a(3), a .. 'x', 'x' .. a, -a, a / 1, a % 1, a ^ 1, a.zz`,
  `ffi.metatype('vls', { __len = function(s) return s.n end, __index = function(s, i) return s.v[i] end })
  local v = ffi.new('vls', 2, 2, {5, 6})
  local p = ffi.cast('vls *', v)
  return #v, v.n, #p`,
  // what the tutorial shows: a table of pixels, and C idioms in Lua
  `ffi.cdef[[ typedef struct { uint8_t red, green, blue, alpha; } rgba_pixel; ]]
  local n = 16
  local img = ffi.new('rgba_pixel[?]', n)
  for i = 0, n - 1 do
    img[i].green = i * 255 / (n - 1)
    img[i].alpha = 255
  end
  for i = 0, n - 1 do
    local y = 0.3 * img[i].red + 0.59 * img[i].green + 0.11 * img[i].blue
    img[i].red, img[i].green, img[i].blue = y, y, y
  end
  return img[0].red, img[8].green, img[15].blue, img[15].alpha, ffi.sizeof(img)`,
  `local buf = ffi.new('uint8_t[?]', 20)
  local len = ffi.new('unsigned long[1]', 20)
  len[0] = len[0] - 5
  ffi.copy(buf, 'hello', 5)
  return tonumber(len[0]), ffi.string(buf, 5)`,
  `local s = ffi.new('struct foo')
  local function add(p, n) p.a = p.a + n end
  add(s, 2) add(s, 3)
  local i = ffi.new('int[1]', 4)
  i[0] = i[0] * 2
  return s.a, i[0]`,
];

/** The whole program; it prints one line for each result. */
export const program = (body) => `local ffi = require("ffi")
${prelude}
local function number(text, type)
  local value, digits = ffi.new(type, 0), text:gsub('^-', '')
  for d in digits:gmatch('.') do value = value * 10 + (d:byte() - 48) end
  if text:sub(1, 1) == '-' then value = -value end
  return value
end
local function L(text) return number(text, 'int64_t') end
local function U(text) return number(text, 'uint64_t') end
local function run() ${body} end
local results = { n = 0 }
local function keep(...) results = { n = select('#', ...), ... } end
keep(run())
local texts = {}
for i = 1, results.n do
  local text = tostring(results[i])
  text = text:gsub('0x%x+', '0x#'):gsub('(%l) %d+>', '%1 #>'):gsub('^[^:\\n]+:%d+: ', ''):gsub('^(-?%d+)%.0$', '%1')
  texts[i] = text
end
return table.concat(texts, '\\n')`;
