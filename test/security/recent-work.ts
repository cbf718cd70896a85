/**
 * Programs against what has landed since the others were written: FFI, packages, modules, tables of very many names. Each has to
 * end soon after its deadline, or is refused by a limit. As data.
 * @module
 */
import type { Exhaustion } from "./exhaustion.ts";

const names = (count: string) => `(function() local t = {} for i = 1, ${count} do t["k" .. i] = i end return t end)()`;
const text = "('k1 = \"v\"\\n'):rep(2e4)";
/** Runs `body` with the module `m` until it is stopped. */
const again = (module: string, prepare: string, body: string) =>
  `local m = require("${module}") ${prepare} while true do ${body} end`;
const ffi = (body: string, prepare = "") => again("ffi", prepare, body);

const ofFfi: readonly (readonly [name: string, code: string])[] = [
  ["array types without end", ffi("i = i + 1 m.typeof('int[' .. i .. ']')", "local i = 0")],
  ["names without end", ffi("i = i + 1 m.cdef('typedef int t' .. i .. ';')", "local i = 0")],
  ["records without end", ffi("i = i + 1 m.cdef('struct s' .. i .. ' { int a; int b[3]; };')", "local i = 0")],
  ["constants without end", ffi("i = i + 1 m.cdef('enum { A' .. i .. ' = 1 };')", "local i = 0")],
  ["a sum of a hundred thousand", ffi("pcall(m.cdef, s)", "local s = 'enum { A = ' .. ('1+'):rep(1e5) .. '1 };'")],
  [
    "brackets of a constant",
    ffi("pcall(m.cdef, s)", "local s = 'enum { A = ' .. ('('):rep(1e5) .. '1' .. (')'):rep(1e5) .. ' };'"),
  ],
  ["signs of a constant", ffi("pcall(m.cdef, s)", "local s = 'enum { A = ' .. ('-'):rep(4e5) .. '1 };'")],
  ["pointers to pointers", ffi("pcall(m.typeof, s)", "local s = 'int ' .. ('*'):rep(5e5)")],
  [
    "a pointer to a pointer, told",
    ffi("pcall(function() tostring(m.typeof(s)) end)", "local s = 'int ' .. ('*'):rep(5e3)"),
  ],
  [
    "declarators in brackets",
    ffi("pcall(m.cdef, s)", "local s = 'int ' .. ('('):rep(2e5) .. 'x' .. (')'):rep(2e5) .. ';'"),
  ],
  ["dimensions of an array", ffi("pcall(m.typeof, s)", "local s = 'int' .. ('[1]'):rep(2e5)")],
  ["functions of functions", ffi("pcall(m.typeof, s)", "local s = ('int (*)('):rep(2e4) .. 'void' .. (')'):rep(2e4)")],
  ["parameters without end", ffi("pcall(m.cdef, s)", "local s = 'int f(' .. ('int, '):rep(1e5) .. 'int);'")],
  [
    "a record of very many members",
    ffi(
      "pcall(m.cdef, s)",
      "local p = {} for i = 1, 6e4 do p[i] = 'int m' .. i .. ';' end local s = 'struct big {' .. table.concat(p) .. '};'",
    ),
  ],
  ["records in records", ffi("pcall(m.cdef, s)", "local s = ('struct { '):rep(5e4) .. 'int x;' .. ('} y;'):rep(5e4)")],
  [
    "attributes without end",
    ffi("pcall(m.cdef, s)", "local s = 'int ' .. ('__attribute__((aligned(8))) '):rep(3e4) .. 'x;'"),
  ],
  ["parameters as types", ffi("pcall(m.cdef, s, m.typeof('int'))", "local s = ('typedef $ a; '):rep(5e4)")],
  ["directives", ffi("pcall(m.cdef, s)", "local s = ('#pragma pack(push, 1)\\n'):rep(4e4)")],
  ["comments of C", ffi("pcall(m.cdef, s)", "local s = ('/* * */'):rep(1.4e5)")],
  [
    "strings in declarations",
    ffi("pcall(m.cdef, s)", "local s = 'int x __asm__(\"' .. ('\\\\x41'):rep(2e5) .. '\");'"),
  ],
  ["memory made again and again", ffi("m.new('uint8_t[?]', 2^20)")],
  ["memory kept", ffi("k[#k + 1] = m.new('uint8_t[?]', 2^20)", "local k = {}")],
  ["memory filled", ffi("m.fill(b, 2^24, 1)", "local b = m.new('uint8_t[?]', 2^24)")],
  ["memory copied", ffi("m.copy(b, b + 1, 2^23)", "local b = m.new('uint8_t[?]', 2^24)")],
  ["a text of memory", ffi("m.string(b, 2^24)", "local b = m.new('uint8_t[?]', 2^24)")],
  [
    "a text of memory to its zero",
    ffi("pcall(m.string, b)", "local b = m.new('char[?]', 2^24) m.fill(b, 2^24 - 1, 65)"),
  ],
  ["arrays from tables", ffi("m.new('int[?]', 2e5, t)", "local t = {} for i = 1, 2e5 do t[i] = i end")],
  [
    "a record from a table",
    ffi("for i = 1, 100 do m.new('struct { int a[100]; }', { t }) end", "local t = {} for i = 1, 100 do t[i] = i end"),
  ],
  ["integers raised to huge powers", ffi("local _ = x ^ y", "local x, y = m.new('int64_t', 3), m.new('uint64_t', -1)")],
  ["integers divided", ffi("local _ = x / y % x", "local x, y = m.new('int64_t', -2^62), m.new('int64_t', -3)")],
  ["integers as text", ffi("tostring(x) tonumber(x)", "local x = m.new('uint64_t', -1)")],
  ["finalisers that loop", ffi("m.gc(m.new('int[10]'), function() while true do end end) collectgarbage()")],
  [
    "metatypes that call themselves",
    "local m = require('ffi') m.cdef('struct loop { int x; };') local t t = m.metatype('struct loop', { __index = function(s, k) return s[k + 1] end }) local o = t() while true do pcall(function() return o[1] end) end",
  ],
  [
    "metatypes that never answer",
    "local m = require('ffi') m.cdef('struct loop2 { int x; };') local t = m.metatype('struct loop2', { __tostring = function() while true do end end, __len = function() while true do end end }) while true do pcall(tostring, t()) pcall(function() return #t() end) end",
  ],
  ["functions as pointers of C", ffi("pcall(m.cast, 'int (*)(int)', function() while true do end end)")],
  [
    "offsets of members",
    ffi(
      "pcall(m.offsetof, t, 'm' .. math.random(3e4))",
      "local p = {} for i = 1, 3e4 do p[i] = 'int m' .. i .. ';' end m.cdef('struct off {' .. table.concat(p) .. '};') local t = m.typeof('struct off')",
    ),
  ],
  [
    "libraries that are not there",
    ffi("pcall(m.load, ('x'):rep(1e5)) pcall(function() return m.C['f' .. math.random(1e9)] end)"),
  ],
];

/** What takes a table of very many names; `t` is one of them. */
const ofNames: readonly (readonly [name: string, code: string])[] = [
  "json:m.encode(t)",
  "json:m.validate({ type = 'object' }, t)",
  "json:m.validate({ properties = t }, {})",
  "cjson:m.encode(t)",
  "yaml:m.encode(t)",
  "lyaml:m.dump({ t })",
  "toml:m.encode(t)",
  "serpent:m.line(t)",
  "MessagePack:m.pack(t)",
  "store:m.set('t', t)",
  "events:m.send('a', 'b', 'c', t)",
  "logger:m:info('x', t)",
  "expr:m.eval('len(keys(t))', { t = t })",
  "text:pcall(m.template and m.template.render or print, '{{x}}', t)",
  "funcs:pcall(m.call, 'other.echo', t)",
  "ctx:pcall(m.set, 'x', t)",
].map((line) => {
  const [, module = "", body = ""] = /^(\w+):(.*)$/.exec(line) ?? [];
  return [
    `names by the hundred thousand, for ${body.split("(")[0]} of ${module}`,
    again(module, `local t = ${names("4e5")}`, `pcall(function() ${body} end)`),
  ] as const;
});

const ofVulcan: readonly (readonly [name: string, code: string])[] = [
  "vulcan.json.encode(t)",
  "vulcan.cache.put(t)",
  "vulcan.call('other-echo', t)",
  "vulcan.host.call('t', t)",
  "vulcan.runtime.lua.exec({ code = 'return 1', args = t })",
  "vulcan.process.exec({ program = 'x', env = t })",
  "vulcan.sqlite.query_json({ sql = 'select ?', params = t })",
  "vulcan.lancedb.vector_upsert({ table_name = 'x', rows = { t } })",
  "vulcan.config.set('a', t)",
  "error(t)",
  "return t",
].map(
  (body) =>
    [
      `names by the hundred thousand, for ${body.split("(")[0]}`,
      `local t = ${names("4e5")} ${body.startsWith("return") || body.startsWith("error") ? body : `while true do pcall(function() ${body} end) end`}`,
    ] as const,
);

const others: readonly (readonly [name: string, code: string])[] = [
  // packages
  ["TOML read in one go", again("toml", `local s = ${text}`, "m.parse(s)")],
  [
    "TOML of dotted names",
    again(
      "toml",
      "local p = {} for i = 1, 8000 do p[i] = ('a%d.b.c.d = 1'):format(i) end local s = table.concat(p, '\\n')",
      "m.parse(s)",
    ),
  ],
  [
    "TOML of tables",
    again(
      "toml",
      "local p = {} for i = 1, 9000 do p[i] = ('[[t.x%d]]\\na = [1,2,3]'):format(i) end local s = table.concat(p, '\\n'):sub(1, 2.5e5)",
      "m.parse(s)",
    ),
  ],
  ["TOML of lists", again("toml", "local s = 'a = [' .. ('1,'):rep(1.2e5) .. ']'", "m.parse(s)")],
  ["TOML of inline tables", again("toml", "local s = 'a = [' .. ('{a=1,b=2},'):rep(2e4) .. ']'", "m.parse(s)")],
  ["JSON of many short numbers", again("cjson", "local s = '[' .. ('1,'):rep(3e6) .. '1]'", "m.decode(s)")],
  [
    "JSON of many names",
    again(
      "cjson",
      "local p = {} for i = 1, 2e5 do p[i] = ('\"k%d\":1'):format(i) end local s = '{' .. table.concat(p, ',') .. '}'",
      "m.decode(s)",
    ),
  ],
  [
    "JSON of many names, decoded by json",
    again(
      "json",
      "local p = {} for i = 1, 2e5 do p[i] = ('\"k%d\":1'):format(i) end local s = '{' .. table.concat(p, ',') .. '}'",
      "m.decode(s)",
    ),
  ],
  [
    "MessagePack that promises much",
    again("MessagePack", "local s = '\\221\\255\\255\\255\\255'", "pcall(m.unpack, s)"),
  ],
  ["MessagePack in MessagePack", again("MessagePack", "local s = ('\\145'):rep(1e6) .. '\\192'", "pcall(m.unpack, s)")],
  [
    "an inflated bomb, in parts",
    again("zlib", "local z = m.deflate(9)(('\\0'):rep(2^24), 'finish')", "local f = m.inflate() pcall(f, z)"),
  ],
  [
    "brotli and zstd, where they are",
    again(
      "compress",
      "",
      "for k, f in pairs(m) do if type(f) == 'table' and f.encode then pcall(f.encode, ('abc'):rep(1e6)) end end",
    ),
  ],
  ["a regular expression replaced", again("rex_pcre2", "local s = ('ab'):rep(1e5)", "m.gsub(s, 'a(b)', '%1%1')")],
  [
    "a regular expression, every match",
    again("rex_pcre2", "local s = ('ab'):rep(1e5)", "for a in m.gmatch(s, 'a(b?)') do end"),
  ],
  [
    "splits by a regular expression",
    again("rex_pcre2", "local s = ('a,'):rep(1e5)", "for a in m.split(s, ',') do end"),
  ],
  [
    "expressions of regexp.compile",
    "local r = require('text').regexp while true do pcall(r.compile, '(' .. ('a|'):rep(4000) .. 'b)') end",
  ],
  [
    "a long text, counted",
    "local t = require('text') local s = ('中 '):rep(1e6) while true do for k, f in pairs(t) do if type(f) == 'function' then pcall(f, s) end end end",
  ],
  [
    "a path taken to pieces",
    "local s = ('a/'):rep(2000) while true do vulcan.path.normalize(s) vulcan.path.join(s, s) vulcan.path.relative = vulcan.path.relative end",
  ],
  [
    "attributes of deep paths",
    again(
      "lfs",
      "local p = ('/a'):rep(2000) pcall(vulcan.fs.mkdir, p, { recursive = true })",
      "m.attributes(p) for _ in m.dir('/') do end",
    ),
  ],
  [
    "directories read by lfs",
    again("lfs", "for i = 1, 3000 do vulcan.fs.write('/runtime/z' .. i, 'x') end", "for _ in m.dir('/runtime') do end"),
  ],
  ["ltn12 pumps", again("ltn12", "local s = ('x'):rep(1e6)", "m.pump.all(m.source.string(s), m.sink.table({}))")],
  ["ltn12 that never ends", again("ltn12", "", "m.pump.all(function() return 'x' end, m.sink.null())")],
  [
    "forms of curl",
    again(
      "lcurl",
      "local s = ('x'):rep(1e6)",
      "pcall(function() local f = m.form() for i = 1, 100 do f:add_content('a' .. i, s) end end)",
    ),
  ],
  ["names escaped by curl", again("lcurl", "local s = ('ä'):rep(1e6)", "pcall(function() m.easy():escape(s) end)")],
  ["keyed digests of openssl", again("openssl.hmac", "local s = ('x'):rep(2^22)", "m.new(s, 'sha512'):final(s)")],
  ["chance by the megabyte", again("openssl.rand", "", "pcall(m.bytes, 2^24)")],
  // modules
  ["channels without end", "local k = {} while true do k[#k + 1] = channel.make(1000) end"],
  [
    "coroutines that wait",
    "local t = require('time') while true do pcall(coroutine.spawn, function() t.sleep('1h') end) end",
  ],
  ["coroutines that end at once", "while true do pcall(coroutine.spawn, function() end) end"],
  ["timers set again and again", "local t = require('time') local x = t.timer('1h') while true do x:reset('2h') end"],
  [
    "tickers of a nanosecond",
    "local t = require('time') local c = t.ticker('1ns'):channel() while true do c:receive() end",
  ],
  [
    "zones of time by name",
    again("time", "", "pcall(m.load_location, 'Europe/' .. math.random(1e9)) pcall(m.load_location, 'Europe/Oslo')"),
  ],
  ["layouts of time, read", again("time", "local l = ('2006 '):rep(1e4)", "pcall(m.parse, l, l)")],
  [
    "dates far away",
    again("time", "", "pcall(m.date, 1e15, 1e15, 1e15) pcall(function() m.now():add_date(1e15, 1e15, 1e15) end)"),
  ],
  ["durations of many parts", again("time", "local s = ('1h'):rep(1e5)", "pcall(m.parse_duration, s)")],
  [
    "a store of many keys",
    again("store", "local i = 0", "i = i + 1 pcall(m.set, 'k' .. i, ('v'):rep(1000)) pcall(m.list, '')"),
  ],
  [
    "expressions with long texts",
    again("expr", "", "m.eval('repeat(\"x\", 1000000)') m.eval('split(t, \"\")', { t = ('x'):rep(1e5) })"),
  ],
  ["expressions that match", again("expr", "", "pcall(m.eval, 't matches \"(a*)*b\"', { t = ('a'):rep(1e5) })")],
  [
    "expressions sorted",
    again(
      "expr",
      "local l = {} for i = 1, 5000 do l[i] = (i * 7919) % 5003 end",
      "pcall(m.eval, 'sort(l)', { l = l })",
    ),
  ],
  ["identifiers read", again("uuid", "local s = ('a'):rep(1e6)", "pcall(m.parse, s) pcall(m.is_valid, s)")],
  [
    "policies asked",
    again(
      "security",
      "",
      "for k, f in pairs(m) do if type(f) == 'function' then pcall(f, ('x'):rep(1e5), ('y'):rep(1e5)) end end",
    ),
  ],
  [
    "workflow calls",
    again(
      "workflow",
      "",
      "for k, f in pairs(m) do if type(f) == 'function' then pcall(f, 'x', function() return 1 end) end end",
    ),
  ],
  // the tree
  [
    "a folder of very many names, made",
    "local i = 0 while true do i = i + 1 vulcan.fs.mkdir('/runtime/m/' .. i % 20000, { recursive = true }) end",
  ],
  ["temporary files kept", "local k = {} while true do k[#k + 1] = io.tmpfile() end"],
  [
    "writes at the end of a growing file",
    "local f = io.open('/runtime/g', 'w') while true do f:write(('x'):rep(1000)) f:flush() end",
  ],
  [
    "a file opened for reading again and again",
    "vulcan.fs.write('/runtime/o', ('x'):rep(1e6)) while true do local f = io.open('/runtime/o') f:read('a') f:close() end",
  ],
  [
    "lines of formats",
    "local f = io.open('/runtime/fmt', 'w') f:write(('1 2 3\\n'):rep(2e5)) f:close() while true do for a, b, c in io.lines('/runtime/fmt', 'n', 'n', 'n') do end end",
  ],
  [
    "a whole file as one line",
    "local f = io.open('/runtime/l', 'w') f:write(('x'):rep(2e7)) f:close() while true do local g = io.open('/runtime/l') g:read('L') g:close() end",
  ],
  // databases
  [
    "a vector of every row, compared",
    "pcall(vulcan.lancedb.create_table, { table_name = 'q', columns = { { name = 'e', column_type = 'vector_float32', vector_dim = 64 } } }) local rows = {} for i = 1, 2000 do local e = {} for k = 1, 64 do e[k] = i + k end rows[i] = { e = e } end vulcan.lancedb.vector_upsert({ table_name = 'q', rows = rows }) while true do vulcan.lancedb.vector_search({ table_name = 'q', vector = rows[1].e, limit = 10 }) end",
  ],
  [
    "ten megabytes of text, upserted",
    "pcall(vulcan.lancedb.create_table, { table_name = 'z', columns = { { name = 's', column_type = 'string' } } }) local s = ('x'):rep(1e7) while true do pcall(vulcan.lancedb.vector_upsert, { table_name = 'z', rows = { { s = s } } }) end",
  ],
  [
    "ten megabytes of letters, upserted",
    "pcall(vulcan.lancedb.create_table, { table_name = 'y', columns = { { name = 's', column_type = 'string' } } }) local s = ('中'):rep(3e6) while true do pcall(vulcan.lancedb.vector_upsert, { table_name = 'y', rows = { { s = s } } }) end",
  ],
  [
    "a column added again and again",
    "local i = 0 while true do i = i + 1 pcall(vulcan.lancedb.create_table, { table_name = 't' .. i, columns = { { name = 's', column_type = 'string' } } }) end",
  ],
  [
    "tables of SQL without end",
    "local i = 0 while true do i = i + 1 pcall(vulcan.sqlite.execute_script, { sql = 'create table t' .. i .. '(a, b, c)' }) end",
  ],
  [
    "savepoints inside each other",
    "while true do pcall(vulcan.sqlite.execute_script, { sql = ('savepoint a;'):rep(5000) }) end",
  ],
  [
    "a query of very many columns",
    "local p = {} for i = 1, 1900 do p[i] = i .. ' as c' .. i end local q = 'select ' .. table.concat(p, ',') while true do vulcan.sqlite.query_json({ sql = q }) end",
  ],
  [
    "a union of very many queries",
    "local q = 'select 1' .. (' union all select 1'):rep(400) while true do pcall(vulcan.sqlite.query_json, { sql = q }) end",
  ],
  [
    "a list of very many values",
    "local q = 'select 1 where 1 in (' .. ('1,'):rep(2e5) .. '1)' while true do pcall(vulcan.sqlite.query_json, { sql = q }) end",
  ],
  [
    "glob with many stars",
    "while true do pcall(vulcan.sqlite.query_json, { sql = \"select hex(zeroblob(40000)) glob '\" .. ('*0'):rep(60) .. \"1'\" }) end",
  ],
  [
    "dates of SQL",
    "while true do pcall(vulcan.sqlite.query_json, { sql = \"select strftime('\" .. ('%Y-%m-%d '):rep(1e5) .. \"', 'now')\" }) end",
  ],
  [
    "a trigram index of one long text",
    "pcall(vulcan.sqlite.execute_script, { sql = \"create virtual table g using fts5(t, tokenize = 'trigram')\" }) while true do pcall(vulcan.sqlite.execute_script, { sql = 'insert into g select hex(zeroblob(2000000))' }) end",
  ],
];

const all = [...ofFfi.map(([name, code]) => [`FFI: ${name}`, code] as const), ...ofNames, ...ofVulcan, ...others];
export const recentWork: readonly Exhaustion[] = all.map(([name, code]) => ({ name, code }));
