/**
 * Attacks on time that put several things together: coroutines around host calls, metamethods inside conversions, databases
 * with huge values, leases and calls inside each other. As data.
 * @module
 */
import type { Exhaustion } from "./exhaustion.ts";

const forever = "while true do end";
const sql = (text: string, more = "") => `vulcan.sqlite.query_json({ sql = "${text}"${more} })`;
const script = (text: string) => `vulcan.sqlite.execute_script({ sql = [[${text}]] })`;

export const tricks: readonly Exhaustion[] = [
  // coroutines and calls of the host
  {
    name: "host calls from coroutines that are thrown away",
    code: "while true do coroutine.wrap(function() vulcan.host.call('t', {}) coroutine.yield() end)() end",
  },
  {
    name: "a coroutine that waits while another loops",
    code: `local co = coroutine.wrap(function() vulcan.host.call('t', {}) ${forever} end) pcall(co) ${forever}`,
  },
  {
    name: "host calls in an iterator",
    code: "for _ in function() vulcan.host.call('t', {}) return 1 end do end",
  },
  {
    name: "host calls in a comparator",
    code: "local t = {} for i = 1, 100 do t[i] = i end while true do pcall(table.sort, t, function() vulcan.fs.exists('/x') return true end) end",
  },
  {
    name: "host calls in __index, while a table is converted",
    code: "local t = setmetatable({ 1, nil, 3 }, { __index = function() return vulcan.json.encode({ 1, 2 }) end }) while true do vulcan.json.encode({ t, t, t }) end",
  },
  {
    name: "a conversion inside a conversion",
    code: "local depth = 0 local mt = {} local function make() return setmetatable({ 1, nil, 1 }, mt) end mt.__index = function() depth = depth + 1 if depth > 90 then return 1 end return #vulcan.json.encode(make()) end while true do depth = 0 pcall(vulcan.json.encode, make()) end",
  },
  {
    name: "an endless __index, while a table is converted",
    code: `vulcan.json.encode(setmetatable({ 1, nil, 3 }, { __index = function() ${forever} end }))`,
  },
  {
    name: "__pairs and __len without end",
    code: `local t = setmetatable({ 1 }, { __len = function() return 1e9 end, __pairs = function() return function() return 1 end end, __index = function() return 1 end }) while true do pcall(vulcan.json.encode, t) for _ in pairs(t) do break end end`,
  },
  {
    name: "host calls in __close",
    code: `while true do pcall(function() local x <close> = setmetatable({}, { __close = function() vulcan.host.call('t', {}) ${forever} end }) error('x') end) end`,
  },
  {
    name: "gsub that calls the host",
    code: "local s = ('x'):rep(1e6) while true do s:gsub('.', function() vulcan.cache.put('x') end) end",
  },
  {
    name: "a traceback as deep as it goes",
    code: "local function f(n) if n == 0 then while true do debug.traceback() end end return (f(n - 1)) end f(1e4)",
  },
  {
    name: "errors with long texts, passed on and on",
    code: "local s = ('x'):rep(1e6) while true do pcall(error, s .. s) vulcan.json.encode({ select(2, pcall(error, s)) }) end",
  },
  {
    name: "weak tables",
    code: "while true do local t = setmetatable({}, { __mode = 'kv' }) for i = 1, 1e4 do t[{}] = {} end end",
  },
  {
    name: "numbers as text",
    code: "local t = {} for i = 1, 1e5 do t[i] = i + 0.1 end while true do table.concat(t, ',') end",
  },
  {
    name: "rep of rep",
    code: "local s = 'x' while true do s = pcall(string.rep, s, 1000, s) and s or 'x' for i = 1, 5 do (('ab'):rep(1e6)):rep(20) end end",
  },
  {
    name: "a format with many places",
    code: "while true do pcall(string.format, ('%s'):rep(200), (unpack or table.unpack)((function() local t = {} for i = 1, 200 do t[i] = ('x'):rep(1e4) end return t end)())) end",
  },
  {
    name: "string.buffer",
    code: "local ok, b = pcall(require, 'string.buffer') local s = ('x'):rep(1e6) while true do local x = ok and b.new() or {} if ok then for i = 1, 20 do x:put(s) end x:tostring() end end",
  },
  {
    name: "string.buffer of tables",
    code: "local b = require('string.buffer') local t = {} for i = 1, 5e4 do t[i] = { i, a = 'x' } end while true do b.decode(b.encode(t)) end",
  },
  // JSON
  {
    name: "a number of many digits and an exponent",
    code: "local s = '[' .. ('1'):rep(3e5) .. 'e-3000]' while true do pcall(vulcan.json.decode, s) end",
  },
  {
    name: "small numbers in JSON",
    code: "local s = '[' .. ('0.1e-5,'):rep(2e5) .. '1]' while true do vulcan.json.decode(s) end",
  },
  {
    name: "many names in JSON",
    code: "local t = {} for i = 1, 1e5 do t[i] = '\"k' .. i .. '\":1' end local s = '{' .. table.concat(t, ',') .. '}' while true do vulcan.json.encode(vulcan.json.decode(s)) end",
  },
  { name: "blanks in JSON", code: "local s = '[' .. (' '):rep(4e6) .. ']' while true do vulcan.json.decode(s) end" },
  // SQLite
  {
    name: "group_concat of huge values",
    code: `while true do pcall(function() return ${sql("select group_concat(hex(zeroblob(100000))) from (with recursive r(n) as (select 1 union all select n + 1 from r limit 500) select n from r)")} end) end`,
  },
  {
    name: "printf of huge widths",
    code: `while true do pcall(function() return ${sql("select length(printf('%.*c', 40000000, 'x'))")} end) end`,
  },
  { name: "GLOB with many stars", code: `return ${sql("select hex(zeroblob(100000)) glob '*0*0*0*0*0*0*1'")}` },
  { name: "LIKE with an escape", code: `return ${sql("select hex(zeroblob(200000)) like '%0%0%0%0%0%1' escape '!'")}` },
  {
    name: "JSON inside SQL",
    code: `while true do pcall(function() return ${sql("select json_array_length(json_group_array(n)) from (with recursive r(n) as (select 1 union all select n + 1 from r limit 100000) select n from r)")} end) end`,
  },
  {
    name: "json_each over a huge list",
    code: `local s = '[' .. ('1,'):rep(1e6) .. '1]' while true do pcall(function() return ${sql("select count(*) from json_each(?)", ", params = { s }")} end) end`,
  },
  {
    name: "a sort of random rows",
    code: `while true do pcall(function() return ${sql("select count(*) from (with recursive r(n) as (select 1 union all select n + 1 from r limit 300000) select hex(randomblob(50)) as h from r order by h)")} end) end`,
  },
  {
    name: "a join without a condition",
    code: `${script("create table if not exists j(a); insert into j with recursive r(n) as (select 1 union all select n + 1 from r limit 2000) select n from r")} return ${sql("select count(*) from j a, j b, j c where a.a + b.a + c.a < 0")}`,
  },
  {
    name: "a window over everything",
    code: `while true do pcall(function() return ${sql("select max(s) from (select sum(n) over (order by n rows between unbounded preceding and unbounded following exclude current row) as s from (with recursive r(n) as (select 1 union all select n + 1 from r limit 20000) select n from r))")} end) end`,
  },
  {
    name: "rows without an end, for Lua",
    code: `while true do pcall(function() return ${sql("with recursive r(n) as (select 1 union all select n + 1 from r limit 200000) select n, n * 2 as m, 'abc' || n as t from r")} end) end`,
  },
  {
    name: "a batch of many",
    code: `${script("create table if not exists b(a)")} local items = {} for i = 1, 2e5 do items[i] = { i } end while true do pcall(vulcan.sqlite.execute_batch, { sql = 'insert into b values (?)', items = items }) end`,
  },
  {
    name: "a script of many statements",
    code: "local s = ('select 1;'):rep(2e5) while true do pcall(vulcan.sqlite.execute_script, { sql = s }) end",
  },
  {
    name: "an expression as deep as allowed",
    code: "local s = 'select ' .. ('('):rep(900) .. '1' .. (')'):rep(900) while true do pcall(vulcan.sqlite.query_json, { sql = s }) end",
  },
  {
    name: "triggers that fire triggers",
    code: `${script("create table if not exists tr(a); create trigger if not exists tt after insert on tr begin insert into tr select a + 1 from tr limit 1000; end")} while true do pcall(vulcan.sqlite.execute_script, { sql = 'pragma recursive_triggers = on; insert into tr values (1)' }) end`,
  },
  {
    name: "streams that are never closed",
    code: "while true do pcall(vulcan.sqlite.query_stream, { sql = 'with recursive r(n) as (select 1 union all select n + 1 from r limit 20000) select n, hex(zeroblob(200)) as z from r' }) end",
  },
  // full text
  {
    name: "a document of one word",
    code: "vulcan.sqlite.ensure_fts_index({ index_name = 'd', tokenizer_mode = 'none' }) local s = ('wort '):rep(2e5) local i = 0 while true do i = i + 1 pcall(vulcan.sqlite.upsert_fts_document, { index_name = 'd', id = tostring(i), file_path = 'f', title = 't', content = s, tokenizer_mode = 'none' }) end",
  },
  {
    name: "a search for everything, near everything",
    code: "vulcan.sqlite.ensure_fts_index({ index_name = 'e', tokenizer_mode = 'none' }) for i = 1, 20 do vulcan.sqlite.upsert_fts_document({ index_name = 'e', id = tostring(i), file_path = 'f', title = 't', content = ('a b c '):rep(5000), tokenizer_mode = 'none' }) end while true do pcall(vulcan.sqlite.search_fts, { index_name = 'e', query = ('a b c '):rep(3000), tokenizer_mode = 'none' }) end",
  },
  {
    name: "words cut again and again",
    code: "local s = ('中国科学院计算所'):rep(4e4) while true do pcall(vulcan.sqlite.tokenize_text, { text = s, tokenizer_mode = 'segmenter', search_mode = true }) end",
  },
  // vectors
  {
    name: "vectors of many places",
    code: "pcall(vulcan.lancedb.create_table, { table_name = 'w', columns = { { name = 'e', column_type = 'vector_float32', vector_dim = 2000 } } }) local rows = {} for i = 1, 500 do local e = {} for k = 1, 2000 do e[k] = k end rows[i] = { e = e } end while true do pcall(vulcan.lancedb.vector_upsert, { table_name = 'w', rows = rows }) pcall(vulcan.lancedb.vector_search, { table_name = 'w', vector = rows[1].e, limit = 1000 }) end",
  },
  {
    name: "an upsert by a key that is everywhere",
    code: "pcall(vulcan.lancedb.create_table, { table_name = 'u', columns = { { name = 'k', column_type = 'string' }, { name = 'e', column_type = 'vector_float32', vector_dim = 2 } } }) local rows = {} for i = 1, 20000 do rows[i] = { k = 'k' .. i % 7, e = { 1, i } } end while true do pcall(vulcan.lancedb.vector_upsert, { table_name = 'u', rows = rows, key_columns = { 'k' } }) end",
  },
  {
    name: "a filter of many alternatives",
    code: "pcall(vulcan.lancedb.create_table, { table_name = 'f', columns = { { name = 's', column_type = 'string' }, { name = 'e', column_type = 'vector_float32', vector_dim = 2 } } }) while true do pcall(vulcan.lancedb.vector_search, { table_name = 'f', vector = { 1, 2 }, filter = ('s = 1 or '):rep(2e4) .. 's = 2' }) end",
  },
  // files
  {
    name: "a sparse file, copied",
    code: "local f = io.open('/runtime/sparse', 'w') f:seek('set', 1e8) f:write('x') f:close() while true do pcall(vulcan.fs.copy, '/runtime/sparse', '/runtime/sparse2', { overwrite = true }) end",
  },
  {
    name: "a file read line by line without lines",
    code: "local f = io.open('/runtime/one', 'w') f:write(('x'):rep(2e7)) f:close() while true do for _ in io.lines('/runtime/one') do end end",
  },
  {
    name: "numbers read from a file",
    code: "local f = io.open('/runtime/n', 'w') f:write(('9'):rep(1e6)) f:close() while true do local g = io.open('/runtime/n') g:read('n') g:close() end",
  },
  {
    name: "many small files, listed",
    code: "for i = 1, 3000 do vulcan.fs.write('/runtime/l' .. i, 'x') end while true do vulcan.fs.list('/runtime') end",
  },
  {
    name: "renames to and fro",
    code: "vulcan.fs.mkdir('/runtime/a/b/c', { recursive = true }) for i = 1, 500 do vulcan.fs.write('/runtime/a/b/c/' .. i, 'x') end while true do vulcan.fs.rename('/runtime/a', '/runtime/z') vulcan.fs.rename('/runtime/z', '/runtime/a') end",
  },
  // inside each other
  {
    name: "luaexec in luaexec",
    code: "local code = 'return 1' for i = 1, 20 do code = ('return vulcan.runtime.lua.exec({ code = %q })'):format(code) end while true do pcall(vulcan.runtime.lua.exec, { code = code }) end",
  },
  {
    name: "a large result of luaexec",
    code: "while true do pcall(vulcan.runtime.lua.exec, { code = 'local t = {} for i = 1, 1e5 do t[i] = { i, tostring(i) } end return t' }) end",
  },
  {
    name: "a long text from luaexec",
    code: "while true do pcall(vulcan.runtime.lua.exec, { code = 'return (\"x\\\\n`|\"):rep(1e6)' }) end",
  },
  {
    name: "a call that is given very much",
    code: "local t = {} for i = 1, 2e4 do t[i] = { a = i, b = ('x'):rep(20) } end while true do pcall(vulcan.call, 'other-echo', t) end",
  },
  {
    name: "a tool that is given very much",
    code: "local s = ('中'):rep(1e6) while true do pcall(vulcan.host.call, 't', { s, s, s }) end",
  },
  {
    name: "a configuration of many keys",
    code: "for i = 1, 1e6 do vulcan.config.set('k' .. i, ('v'):rep(100)) vulcan.config.list() end",
  },
  {
    name: "a cache of many values",
    code: "local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 1e6 do vulcan.cache.put(t) end",
  },
  {
    name: "require of names that are not there",
    code: "while true do pcall(require, ('a.'):rep(2000) .. math.random(1e9)) end",
  },
  {
    name: "templates to search",
    code: "package.path = ('/x/?.lua;'):rep(1e5) while true do pcall(require, 'none') end",
  },
  { name: "load of one long line", code: "local s = 'return ' .. ('1+'):rep(1e5) .. '1' while true do load(s) end" },
  {
    name: "load of many constants",
    code: "local t = {} for i = 1, 1e5 do t[i] = '\"s' .. i .. '\"' end local s = 'return {' .. table.concat(t, ',') .. '}' while true do load(s) end",
  },
  // what is read, written or held in one go
  {
    name: "rows with numbers like 1.0, as text",
    code: `pcall(vulcan.lancedb.create_table, { table_name = 'f', columns = { { name = 'i', column_type = 'int64' } } }) local s = '[' .. ('{"i":1.0},'):rep(1e6) .. '{"i":1}]' while true do pcall(vulcan.lancedb.vector_upsert, { table_name = 'f', input_format = 'json', data = s }) end`,
  },
  {
    name: "rows as Base64",
    code: "pcall(vulcan.lancedb.create_table, { table_name = 'b', columns = { { name = 's', column_type = 'string' } } }) local s = ('QUJD'):rep(4e6) while true do pcall(vulcan.lancedb.vector_upsert, { table_name = 'b', data_base64 = s }) end",
  },
  {
    name: "a stream of Arrow that is none",
    code: "pcall(vulcan.lancedb.create_table, { table_name = 'a', columns = { { name = 's', column_type = 'string' } } }) local s = ('\\255\\255\\255\\255\\16\\0\\0\\0'):rep(1e6) while true do pcall(vulcan.lancedb.vector_upsert, { table_name = 'a', data = s }) end",
  },
  {
    name: "found vectors of many places, written out",
    code: "pcall(vulcan.lancedb.create_table, { table_name = 'h', columns = { { name = 'e', column_type = 'vector_float32', vector_dim = 2000 } } }) local e = {} for k = 1, 2000 do e[k] = k + 0.1 end local rows = {} for i = 1, 100 do rows[i] = { e = e } end vulcan.lancedb.vector_upsert({ table_name = 'h', rows = rows }) while true do vulcan.lancedb.vector_search({ table_name = 'h', vector = e, limit = 10000 }) end",
  },
  {
    name: "a filter that makes long texts longer",
    code: "pcall(vulcan.lancedb.create_table, { table_name = 'l', columns = { { name = 's', column_type = 'string' }, { name = 'e', column_type = 'vector_float32', vector_dim = 1 } } }) vulcan.lancedb.vector_upsert({ table_name = 'l', rows = { { s = ('x'):rep(1e5), e = { 1 } } } }) while true do pcall(vulcan.lancedb.vector_search, { table_name = 'l', vector = { 1 }, filter = \"length(replace(replace(s, 'x', 'xxxxxxxxxxxxxxxx'), 'x', 'xxxxxxxxxxxxxxxx')) = 1\" }) end",
  },
  {
    name: "blobs as rows of numbers",
    code: `while true do pcall(function() return ${sql("select zeroblob(20000000) as z")} end) end`,
  },
  {
    name: "timers without end",
    code: "local t = require('time') while true do pcall(t.after, '1h') pcall(t.ticker, '1h') pcall(t.timer, '1h') end",
  },
];
