/**
 * Programs that make the host work: loops in JavaScript or SQLite, which the guard of the Lua VM cannot interrupt, and
 * memory outside it. Each has to end soon after its deadline, by itself or by the guard. As data.
 * @module
 */

export interface Exhaustion {
  readonly name: string;
  readonly code: string;
  /** What the program answers, or the error it ends with, when that is part of the promise. */
  readonly says?: RegExp;
}

const unfolding = "local t = { 1, 2, 3 } for i = 1, 40 do t = { t, t } end ";
const unfoldingObjects = "local t = { a = 1 } for i = 1, 40 do t = { a = t, b = t } end ";
const blanks = "('x' .. (' '):rep(2e5) .. 'x')";
const endlessQuery =
  "{ sql = 'with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r' }";
/** Refused for its size, or at the deadline before that shows. */
export const tooLarge = /written out it is larger than|time limit|deadline/;

export const exhaustions: readonly Exhaustion[] = [
  // values that unfold when they are copied
  { name: "a value that unfolds, as JSON", code: `${unfolding} return #vulcan.json.encode(t)`, says: tooLarge },
  { name: "objects that unfold, as JSON", code: `${unfoldingObjects} return #vulcan.json.encode(t)`, says: tooLarge },
  {
    name: "a value that unfolds, for a host tool",
    code: `${unfolding} return vulcan.host.call('t', t)`,
    says: tooLarge,
  },
  {
    name: "a value that unfolds, across skills",
    code: `${unfoldingObjects} return vulcan.call('other-echo', t)`,
    says: tooLarge,
  },
  {
    name: "a value that unfolds, as result",
    code: `return vulcan.runtime.lua.exec({ code = [[${unfolding} return t]] })`,
  },
  {
    name: "one string many times",
    code: "local s, t = ('x'):rep(1e6), {} for i = 1, 1e5 do t[i] = s end return #vulcan.json.encode(t)",
    says: tooLarge,
  },
  {
    name: "an element that unfolds again and again",
    code: `local inner = setmetatable({ 1, nil, 1 }, { __index = function() vulcan.json.encode({ 1 }) return { 1 } end }) local t = inner for i = 1, 40 do t = { t, t } end return #vulcan.json.encode(t)`,
    says: tooLarge,
  },
  // text
  { name: "blanks in a log level", code: `vulcan.runtime.log(${blanks}, 'm')` },
  { name: "blanks in a configuration key", code: `vulcan.config.set(${blanks}, 'm')` },
  {
    name: "blanks in a luaexec task",
    code: `return #vulcan.runtime.lua.exec({ code = 'return 1', task = ${blanks} })`,
  },
  {
    name: "blanks in a text to cut",
    code: `return vulcan.sqlite.tokenize_text({ text = ${blanks}, tokenizer_mode = 'none' }).normalized_text`,
  },
  {
    name: "blanks in a search",
    code: `vulcan.sqlite.ensure_fts_index({ index_name = 't', tokenizer_mode = 'none' }) return #vulcan.sqlite.search_fts({ index_name = 't', query = ${blanks} })`,
  },
  {
    name: "a name in many places of a path",
    code: "return #select(2, package.searchpath(('x'):rep(1e6), ('?'):rep(1e4)))",
  },
  { name: "a long date format", code: "return os.date(('%c'):rep(1e6))", says: /date format is longer than/ },
  { name: "a date far away", code: "return os.time({ year = 1e15, month = 1e15, day = -1e15 }), os.date('!*t', 1e15)" },
  { name: "many digits", code: "return vulcan.json.decode(('1'):rep(3e6))", says: /number out of range/ },
  { name: "deep JSON", code: "return vulcan.json.decode(('['):rep(1e6))", says: /recursion limit/ },
  {
    name: "deep tables",
    code: "local t = {} for i = 1, 1e5 do t = { t } end return vulcan.json.encode(t)",
    says: /nested deeper than/,
  },
  {
    name: "paths of many parts",
    code: "local p = ('../a/'):rep(3e5) return #vulcan.path.normalize(p) + #vulcan.path.join(p, p)",
  },
  // files
  {
    name: "a tree deeper than any path",
    code: "vulcan.fs.mkdir(('a/'):rep(1e5), { recursive = true })",
    says: /File name too long/,
  },
  {
    name: "a path that goes up and down",
    code: "return vulcan.fs.stat(('/runtime/..'):rep(2e5) .. '/none')",
    says: /File name too long/,
  },
  {
    name: "a tree moved below itself, copied",
    code: "for i = 1, 30 do vulcan.fs.mkdir(('d/'):rep(1900), { recursive = true }) pcall(vulcan.fs.rename, 'd', ('e/'):rep(i) .. 'd') end return vulcan.fs.copy('/runtime', '/copy')",
  },
  {
    name: "a write far behind the end",
    code: "local f = io.open('/runtime/x', 'w') f:seek('set', 1e15) return select(2, f:write('x'))",
    says: /No space left/,
  },
  {
    name: "files that are never closed",
    code: "local t = {} for i = 1, 1e6 do t[i] = assert(io.open('/runtime/x', 'a')) end",
    says: /Too many open files|time limit/,
  },
  { name: "temporary names without end", code: "for i = 1, 1e7 do os.tmpname() end" },
  // databases
  {
    name: "an endless query",
    code: `return vulcan.sqlite.query_json(${endlessQuery})`,
    says: /interrupted|time limit/,
  },
  { name: "endless queries under pcall", code: `while true do pcall(vulcan.sqlite.query_json, ${endlessQuery}) end` },
  {
    name: "an endless stream",
    code: "vulcan.sqlite.query_stream({ sql = 'with recursive r(n) as (select 1 union all select n + 1 from r) select n from r' }) return 'opened'",
  },
  {
    name: "a result larger than SQLite may hold",
    code: "return vulcan.sqlite.query_json({ sql = 'select length(hex(zeroblob(400000000)))' })",
    says: /out of memory|too big/,
  },
  {
    name: "a filter with many brackets",
    code: "vulcan.lancedb.create_table({ table_name = 'v', columns = { { name = 'id', column_type = 'int64' }, { name = 'e', column_type = 'vector_float32', vector_dim = 2 } } }) return vulcan.lancedb.delete({ table_name = 'v', condition = ('('):rep(3e4) .. 'id = 1' .. (')'):rep(3e4) })",
    says: /lance error/,
  },
  {
    name: "blanks a filter trims",
    code: `vulcan.lancedb.create_table({ table_name = 'w', columns = { { name = 's', column_type = 'string' }, { name = 'e', column_type = 'vector_float32', vector_dim = 2 } } }) vulcan.lancedb.vector_upsert({ table_name = 'w', rows = { { s = ${blanks}, e = { 1, 2 } } } }) return vulcan.lancedb.delete({ table_name = 'w', condition = "trim(s) = 'a'" }).deleted_rows`,
  },
  // text formats
  {
    name: "escapes in JSON",
    code: `local s = '["' .. ('\\\\ud83d\\\\ude00'):rep(1000000) .. '"]' while true do vulcan.json.decode(s) end`,
  },
  {
    name: "long lists in YAML",
    code: `local y, s = require("lyaml"), ("- a: 1\\n  b: [1,2,3]\\n"):rep(50000) while true do y.load(s) end`,
  },
  {
    name: "aliases in YAML",
    code: `local y, s = require("lyaml"), "a: &a {x: 1}\\n" for i = 1, 3000 do s = s .. "m" .. i .. ": {b: *a}\\n" end while true do y.load(s) end`,
  },
  { name: "brackets in YAML", code: `return require("lyaml").load(("["):rep(1e5))`, says: /nested deeper than/ },
  {
    name: "long lists, as YAML",
    code: `local y, t = require("lyaml"), {} for i = 1, 1e5 do t[i] = { a = i, b = "x: y" } end while true do y.dump({ t }) end`,
  },
  {
    name: "a long text in TOML",
    code: `return select(2, require("toml").parse(("[a.b]\\n"):rep(1e5)))`,
    says: /more than 262144 characters/,
  },
  {
    name: "a text that is easy to compress",
    code: `local z, s = require("zlib"), ("abcdefgh"):rep(2e6) while true do z.deflate(9)(s, "finish") end`,
  },
  {
    name: "a long regular expression",
    code: `return select(2, pcall(require("rex_pcre2").new, ("(a|b)"):rep(1e5)))`,
    says: /longer than 8192 bytes/,
  },
  {
    name: "a text in another encoding",
    code: `local s = ("中文"):rep(1e6) while true do vulcan.io.write_text("/runtime/x", s, "gb18030") end`,
  },
  // output
  { name: "empty lines printed without end", code: "for i = 1, 1e8 do print() end", says: /limits.outputBytes/ },
  { name: "standard output without end", code: "for i = 1, 1e8 do io.write('') end", says: /limits.outputBytes/ },
  {
    name: "standard error without end",
    code: "for i = 1, 1e8 do io.stderr:write('x') end",
    says: /limits.outputBytes/,
  },
  {
    name: "print of luaexec without end",
    code: "return vulcan.runtime.lua.exec({ code = 'for i = 1, 1e8 do print() end' })",
    says: /limits.outputBytes/,
  },
  {
    name: "a cache filled without end",
    code: "local s = ('x'):rep(4e6) for i = 1, 1000 do vulcan.cache.put(s .. i) end return 'filled'",
  },
  // processes
  {
    name: "arguments without end",
    code: "local t = {} for i = 1, 1e6 do t[i] = 'x' end return vulcan.process.exec({ program = 'x', args = t })",
    says: /too many items/,
  },
  // calls
  {
    name: "calls across skills without end",
    code: "return vulcan.call('thief-run', { code = args.code })",
    says: /nested .* deep|stack overflow|not enough memory|time limit/,
  },
];
