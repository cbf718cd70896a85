/**
 * Programs that make the packages and the built-in modules work: each has to end soon after its deadline, or is refused by
 * a limit that says its name. As data.
 * @module
 */
import type { Exhaustion } from "./exhaustion.ts";

const wide = "('中国科学院计算所'):rep(2^17)";
const big = "('x y'):rep(2^21)";
const map = "(function() local l = {} for i = 1, 60000 do l['k' .. i] = 'v: ' .. i end return l end)()";
/** Runs `body` with the module `m` until it is stopped. */
const again = (module: string, prepare: string, body: string) =>
  `local m = require("${module}") ${prepare} while true do ${body} end`;

export const moduleWork: readonly Exhaustion[] = [
  { name: "declarations of C that are none", code: again("ffi", `local s = ${wide}`, "pcall(m.cdef, s)") },
  {
    name: "declarations of C without end",
    code: again("ffi", "local s = ('struct { int a[2][3]; } x; '):rep(3e4)", "pcall(m.cdef, s)"),
  },
  { name: "a key for tokens", code: again("crypto", `local k = ${big}`, "m.jwt.encode({ a = 1 }, k)") },
  { name: "a large token", code: again("crypto", `local s = ${big}`, "m.jwt.encode({ a = s }, 'k')") },
  { name: "a key from a key that is none", code: again("crypto", "", "m.jwt.encode({}, ('x'):rep(6e4), 'RS256')") },
  { name: "a key derived for a minute", code: 'return require("crypto").pbkdf2("a", "b", 1e7, 64, "sha512")' },
  { name: "many long keys", code: again("crypto", "", "m.pbkdf2('a', 'b', 1, 1e6, 'sha512')") },
  { name: "letters to choose from", code: again("crypto", `local s = ${big}`, "m.random.string(10, s)") },
  { name: "long texts compared", code: again("crypto", `local s = ${big}`, "m.constant_time_compare(s, s)") },
  { name: "a cipher", code: again("crypto", "local s = ('x'):rep(2^21)", "m.encrypt.aes(s, ('k'):rep(32))") },
  { name: "FNV of 64 bits", code: again("hash", `local s = ${big}`, "m.fnv64(s)") },
  { name: "keyed digests", code: again("hash", `local s = ${wide}`, "m.hmac_sha512(s, s)") },
  {
    name: "letters with flags, searched",
    code: again("rex_pcre2", `local s = ${wide}`, "m.find(s, '(计算)+x', 1, 'u')"),
  },
  {
    name: "a search that follows many states",
    code: again("rex_pcre2", "local s = ('xy'):rep(2e5)", "m.find(s, ('(x*y*)(x+y*z?)*'):rep(50) .. '$w')"),
  },
  {
    name: "a pattern of repetitions",
    code: 'return select(2, pcall(require("rex_pcre2").new, ("x{1000}"):rep(1000)))',
    says: /more than 10000 characters/,
  },
  { name: "a pattern of classes", code: again("rex_pcre2", "", "pcall(m.new, ('\\\\pL'):rep(490), 'iu')") },
  {
    name: "a search of bytes",
    code: `local e = require("text").regexp.compile("(x|y| )+z") local s = ${big} while true do e:find_string(s) end`,
  },
  { name: "a value without an end in YAML", code: again("lyaml", `local s = ${big}`, "pcall(m.load, s)") },
  { name: "lines without an end in YAML", code: again("yaml", "local s = ('x y\\n'):rep(1e6)", "m.decode(s)") },
  { name: "one line of YAML", code: again("yaml", "local s = '[' .. ('1,'):rep(1e6) .. ']'", "m.decode(s)") },
  { name: "many values, as YAML", code: again("yaml", `local t = ${map}`, "m.encode(t)") },
  { name: "a long text, as YAML", code: again("lyaml", `local s = ${wide}`, "m.dump({ { s } })") },
  { name: "many values, as TOML", code: again("toml", `local t = ${map}`, "m.encode(t)") },
  { name: "a long text, as TOML", code: again("toml", `local s = ${wide}`, "m.encode({ a = s })") },
  { name: "quotes, as TOML", code: again("toml", "local s = ('\"\\\\'):rep(1e6)", "m.encode({ a = s })") },
  { name: "brackets in TOML", code: again("toml", "local s = 'a = ' .. ('['):rep(1e5)", "m.parse(s)") },
  { name: "many names, as JSON", code: again("json", `local t = ${map}`, "m.encode(t)") },
  { name: "a schema of many parts", code: again("json", `local t = ${map}`, "m.validate({ properties = t }, t)") },
  {
    name: "every one of a list against every other",
    code: again("json", "local l = {} for i = 1, 5000 do l[i] = { i } end", "m.validate({ uniqueItems = true }, l)"),
  },
  {
    name: "schemas of schemas",
    code: again(
      "json",
      "local s = { type = 'string' } for i = 1, 16 do s = { anyOf = { s, s } } end",
      "m.validate(s, 1)",
    ),
  },
  { name: "numbers in cjson", code: again("cjson", "local s = '[' .. ('1e5,'):rep(1e6) .. '1]'", "m.decode(s)") },
  { name: "a text in cjson", code: again("cjson", `local s = ${wide}`, "m.encode({ s })") },
  { name: "serpent", code: again("serpent", `local t = ${map}`, "m.block(t)") },
  { name: "MessagePack", code: again("MessagePack", `local t = ${map}`, "m.unpack(m.pack(t))") },
  { name: "checksums", code: again("zlib", `local s = ${big}`, "m.crc32()(s) m.adler32()(s)") },
  {
    name: "streams of zlib that are never ended",
    code: again("zlib", `local s = ${big}`, "pcall(function() m.deflate(9)(s) end)"),
  },
  {
    name: "bombs of bombs",
    code: again("compress", "local s = m.gzip.encode(('\\0'):rep(2^24))", "m.gzip.decode(s)"),
  },
  { name: "Base64", code: again("base64", `local s = ${wide}`, "m.decode(m.encode(s))") },
  { name: "lines of a mail", code: again("mime", `local s = ${big}`, "m.b64(s) m.qp(s) m.wrp(1, s, 2)") },
  { name: "an address", code: again("socket.url", `local s = ${wide}`, "m.parse(s) m.escape(s)") },
  { name: "digests of openssl", code: again("openssl.digest", `local s = ${big}`, "m.new('sha3-512'):final(s)") },
  {
    name: "differences",
    code: `local d = require("text").diff.new() local a, b = ('ab\\n'):rep(1e5), ('ba\\n'):rep(1e5) while true do d:compare(a, b) end`,
  },
  {
    name: "cutting a text in parts",
    code: `local s = require("text").splitter.recursive({ chunk_size = 10, chunk_overlap = 9 }) local t = ${wide} while true do s:split_text(t) end`,
  },
  { name: "expressions", code: again("expr", "local s = ('1+'):rep(1e5) .. '1'", "m.eval(s)") },
  { name: "loops in expressions", code: again("expr", "", "m.eval('map(1..9999, {map(1..9999, #)})')") },
  { name: "a layout of time", code: again("time", "", "m.now():format(('Monday '):rep(1e5))") },
  { name: "events to oneself", code: again("events", "m.subscribe('a')", "m.send('a', 'b', 'c', ('x'):rep(1e5))") },
  { name: "a name with dots", code: again("events", "", "m.send(('a.'):rep(1e6), 'b', 'c')") },
  { name: "lines of a logger", code: again("logger", "", "m:info(('x'):rep(1e5))"), says: /outputBytes|time limit/ },
  { name: "functions that call themselves", code: again("funcs", "", "m.call('attacker.run', { code = args.code })") },
  { name: "names by the thousand", code: again("uuid", "", "m.v4() m.v7()") },
  { name: "a path for lfs", code: again("lfs", `local s = ${wide}`, "m.attributes(s)") },
];
