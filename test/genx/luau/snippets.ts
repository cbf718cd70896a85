/** Luau texts that each return a string; what they should say, Luau itself knows. */
export const snippets: readonly string[] = [
  `local t = { n = 5, a = { 1, 2 } } local calls = 0
local function key() calls += 1 return "n" end
local function tab() calls += 10 return t end
tab()[key()] += 2
t.a[1] *= 10; t.a[2] -= 1
local s, f = "x", 7
s ..= "y" .. "z"
f //= 2 f ^= 2 f %= 5 t.n += 1 + 2 * 3
return table.concat({ t.n, t.a[1], t.a[2], s, f, calls }, ",")`,
  `local a = { b = { c = 1 } }
a.b.c += 1
a["b"]["c"] += a.b.c
a
  .b
  .c
  -= 3
local function f() return a end
f().b.c *= 10 f()["b"].c += if a.b.c > 5 then 100 else 1
return tostring(a.b.c)`,
  `local out = {}
for i = 1, 6 do if i % 2 == 0 then continue end local continue = i out[#out + 1] = continue end
local n = 0
repeat n += 1 if n == 2 then continue end local seen = n out[#out + 1] = seen until n >= 3
local c = 0
while true do
  c += 1
  for _, j in ipairs({ 1, 2, 3 }) do
    if j == 2 then continue end
    local f = function() for k = 1, 2 do if k == 1 then continue end c += 1 end end
    f()
  end
  if c > 5 then break end
  continue
end
return table.concat(out, ",") .. n .. c`,
  `local n, log = 0, {}
repeat
  n += 1
  local last, extra = n, n * 2
  local function done() return last >= 4 end
  if n == 2 then continue end
  log[#log + 1] = n .. ":" .. extra
until done() and extra > 0
return table.concat(log, " ")`,
  `local n = 0
repeat local stop n += 1 if n == 3 then stop = true end if n < 3 then continue end n += 10 until stop
return tostring(n)`,
  `local fs = {}
local n = 0
repeat n += 1 local mine = n fs[n] = function() return mine end if n == 1 then continue end until mine == 3
return fs[1]() .. fs[2]() .. fs[3]()`,
  `local name, n = "Ada", 3
local t = { a = "v}" }
local meta = setmetatable({}, { __tostring = function() return "META" end })
return \`Hello {name}, {n + 1} {\`in{\`ner\`}\`} \\{no} {t["a"]} "q" \\u{48}{ ({1,2})[2] } {true}{nil}{meta}{10 / 4} \\\`tick\\\` {({1})[1]}\``,
  "return `` .. `a\\tb\\\nc` .. `{1}{2}` .. `x{3}y`",
  `local s = \`a{
  1 +
  2
}b\`
return s`,
  `return \`${Array.from({ length: 90 }, (_, i) => `<{${i}}>`).join("")}\``,
  `local calls = 0
local function side() calls += 1 return true end
local function f(x) return if x == nil then "nil" elseif x < 0 then "neg" elseif x == 0 then "zero" else "pos" end
local v = if false then side() else nil
local w = (if side() then 1 else 2) + 10
local function va(...) return if select("#", ...) > 1 then (select(2, ...)) else "few" end
local function many() return 1, 2, 3 end
local packed = { if true then many() else 0 }
local nested = if if true then false else true then 1 else if true then 2 else 3
return table.concat({ f(nil), f(-1), f(0), f(2), tostring(v == nil), w, calls, va(1, "two"), va(1), #packed, nested }, ",")`,
  `local x = if true then "a" else "b"
(tostring)("not a call of x")
return x`,
  `local f = function(x) return "called" end
local y = f :: any
(tostring)("z")
local z = \`text\`
(tostring)("z")
type A = number
(tostring)("z")
return type(y) .. z`,
  `export type Pair<A, B = string> = { first: A, second: B, read third: number?, [number]: any }
type Fn<T...> = (T...) -> (number, ...string)
type Union = "a" | 'b' | nil | ({ number } & { [string]: boolean }) | typeof(print) | ((number) -> ())
type Leading = | "x" | "y"
type Nested = Pair<Pair<number, string>, Pair<number>>
type Opt = (number?) -> (string?, ...number)
type Pack = Fn<(number, string)>
type Gen<T> = <U>(a: T, b: U, ...any) -> T
type Mod = { ["key with blank"]: number, write w: string; f: (self: any, x: number) -> () }
local function map<T, U>(xs: { T }, f: (T) -> U): { U }
  local r: { U } = {}
  for i: number, x: T in xs do r[i] = f(x) end
  return r
end
local function pk<T...>(...: T...): (number, T...) return select("#", ...), ... end
local a, b, c = 1, 2, 3
local lt, gt = a < b, b > (c)
local id: <T>(T) -> T = function(x) return x end
local r = map({ 1, 2, 3 }, function<V>(x: V): number return (x :: any) * 2 end)
local p = { first = 1, second = "s" } :: Pair<number>
return table.concat({ r[1] + r[3], (pk("p", "q")), tostring(lt), tostring(gt), id("s"), (p :: any).second }, ",")`,
  `local function f<T>(x: T): T return x end
local g = f<<string>>
local o = { m = function<T>(self, x: T): T return x end }
return f<<number>>(1) .. g("y") .. o:m<<string>>("z") .. f<<{ number }>>({ 5 })[1]`,
  `local t = { 1, 2, 3, x = 4 }
local sum = 0
for _, v in t do sum += v end
for k, v in next, t do sum += v end
for k, v in pairs(t) do sum += v end
local it = setmetatable({}, { __iter = function(self) return function(_, i) i = (i or 0) + 1 if i <= 3 then return i end end, self, nil end })
for i in it do sum += i * 100 end
local callable = setmetatable({}, { __call = function(self, s, i) i += 1 if i < 4 then return i end end })
for i in callable, nil, 0 do sum += i * 1000 end
for w in ("a b"):gmatch("%a") do sum += #w end
return tostring(sum)`,
  `local t = { a = 1, b = 2, c = 3 }
for i = 12, 1, -1 do t[i] = i end
local order = {}
for k in t do if type(k) == "number" then order[#order + 1] = k end end
return table.concat(order, ",")`,
  `local seen = {}
local t = { 1, 2, 3, 4, 5, 6 }
for i, v in t do if v % 2 == 0 then t[i] = nil end seen[#seen + 1] = v end
return table.concat(seen, ",")`,
  "return 1_000 + 0b1010 + 0B1 + 0xF_F + 1_0.5_0 + 1e1_0 .. ''",
  "return '\\q\\/\\x41\\65\\u{1F600}\\z   \n  end' .. \"\\{x}\" .. #[==[\n]]]==]",
  `type function ty(x) return x end
export type function ty2(x) local t = {} for i = 1, 2 do continue end return x end
type = 5
local export, const, continue, goto = 1, 2, 3, 4
goto += 1
export = export + const + continue
type += 1
return type .. export .. goto`,
  `local t = { goto = 1, type = 2 }
function t.goto2() return 3 end
function t.go() return t.goto end
function t:goto(a, b) return self.type + (a or 0) end
local m = t:goto(40)
t.goto = 7
local function goto(goto) return goto * 2 end
return t.go() .. t.goto2() .. m .. goto(3)`,
  `@native local function n(x) return x end
@[deprecated { use = "b", reason = "why" }]
function old() return 1 end
@[native, deprecated] local function two() return 2 end
local f = @native function() return 3 end
return n(0) .. old() .. two() .. f()`,
  `const x, y = 1, 2
const function f() return x + y end
const z: number = 3
local const = 4
const = const + 1
return f() .. z .. const`,
  `local function f(a: number, b: string?, ...: any): (number, string) return a, b or "d" end
local n, s = f(1)
local cb: ((number) -> string)? = nil
local arr: { [string]: { number } }, num: number = {}, 3
return n .. s .. tostring(cb) .. num`,
  `--!strict
--[[ block
]] local a --[==[ x ]==] = 1 -- end
return tostring(a) .. #{ 1, 2; 3, }`,
  "local a <const> = 1 return a",
  "local x: = 2",
  "local x = 1 :: any :: number return x",
  "for k in nil do end",
  "continue",
  "while true do (function() continue end)() end",
  "return `{{1}}`",
  "return `{1",
  "return `{}`",
  "local x = 0b return x",
  "local x = 0b2 return x",
  "return 1..2",
  "return 3x",
  "return 'a\nb'",
  "return '\\x4'",
  "return '\\300'",
  "return '\\u{110000}'",
  "return f`a`",
  "f() += 1",
  "(x) += 1",
  "local t = {} t.x.y += 1",
  "if x then",
  "type A = ",
  "type A<T = number",
  "local function f(a: number b) end",
  "return (function(...) return if ... then ... else 0 end)(5, 6) .. ''",
  "local function f() return ... end",
  "return if true then 1",
  "local t = { f = function() end, } :: { f: () -> () } return type(t.f)",
  "local a = { [1] = 2, b = 3; 4 } return a[1] .. a.b",
  "local s = 'x' s ..= 1 .. 2 return s",
  "return #'a' + - -1 .. '' .. tostring(not not nil)",
  "return 2 ^ -3 ^ 2 .. ''",
  "local a, b = 3, 2 return tostring(a < b) .. tostring((a :: number) < (b :: number))",
  "local f: (number) -> (number) -> number = function(x) return function(y) return x + y end end return f(1)(2) .. ''",
  "local x: typeof(setmetatable({}, { __index = function(t, k): number return 1 end })) = nil return tostring(x)",
  'return ("%d items"):format(3) .. ("x"):rep(3)',
  "local n = 0 for i = 10, 1, -3 do n += i if i < 5 then continue end end return n .. ''",
  "do local a = 1 ; local b = a end ; return 'semicolons'",
];
