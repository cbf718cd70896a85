import { afterEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { EngineOptions } from "../../../contract/contract.ts";
import type { BridgeSocketClass } from "../../../process/bridge/connection.ts";
import { pair, startTestBridge, type TestBridge } from "../../../testing/test-bridge.ts";
import { skill, type TestEngine, testEngine } from "../../../testing/test-engine.ts";

const sockets: WebSocket[] = [];
class KeptSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    sockets.push(this);
  }
}

let bridge: TestBridge | undefined;
let engine: TestEngine | undefined;

afterEach(async () => {
  await engine?.engine.close();
  await bridge?.bridge.close();
  engine = bridge = undefined;
  sockets.length = 0;
});

async function start(libraries: Readonly<Record<string, string | null>>): Promise<TestEngine> {
  bridge = await startTestBridge({ libraries });
  const options: EngineOptions = { process: { kind: "bridge", url: bridge.bridge.url, token: await pair(bridge) } };
  const files = skill("native", {
    pid: 'local ffi = require("ffi") ffi.cdef("int getpid(void)") return function() return tostring(ffi.C.getpid()) end',
  });
  engine = await testEngine({
    options,
    files,
    platform: { processes: { socket: () => KeptSocket as unknown as BridgeSocketClass } },
  });
  return engine;
}

async function lua(
  code: string,
  libraries: Readonly<Record<string, string | null>> = { C: null, z: null },
): Promise<unknown> {
  return (await start(libraries)).lua(`local ffi = require("ffi")\n${code}`);
}

describe("libc", () => {
  test("numbers, strings, and pointers that come back", async () => {
    const code = `ffi.cdef[[
        size_t strlen(const char *s); int toupper(int c); double strtod(const char *s, char **end); char *strchr(const char *s, int c);
        int abs(int n); long long llabs(long long n); const char *strerror(int n); char *getenv(const char *name); int atoi(const char *s);
      ]]
      local C = ffi.C
      local text = ffi.new("char[32]", "12.5 rest")
      local stop = ffi.new("char *[1]")
      local value = C.strtod(text, stop)
      local at = C.strchr(text, string.byte("r"))
      return { tonumber(C.strlen("hello")), C.toupper(97), value, stop[0] - text, ffi.string(stop[0]), at - text, ffi.string(at),
        C.abs(-5), tostring(C.llabs(ffi.cast("int64_t", -2) ^ 40)), ffi.string(C.strerror(2)), C.getenv("NO_SUCH_VARIABLE") == nil, C.atoi("42") }`;
    expect(await lua(code)).toEqual([
      5,
      65,
      12.5,
      4,
      " rest",
      5,
      "rest",
      5,
      "1099511627776LL",
      "No such file or directory",
      true,
      42,
    ]);
  });

  test("out-parameters, buffers and variadic arguments", async () => {
    const code = `ffi.cdef[[ int snprintf(char *buffer, size_t size, const char *format, ...); int sscanf(const char *s, const char *format, ...);
        void *memset(void *p, int c, size_t n); int memcmp(const void *a, const void *b, size_t n); ]]
      local buffer = ffi.new("char[64]")
      local n = ffi.C.snprintf(buffer, 64, "%s has %d items, %.2f %lld", "cart", ffi.new("int", 3), 1.5, ffi.new("int64_t", -9))
      local a, b = ffi.new("int[1]"), ffi.new("int[1]")
      local read = ffi.C.sscanf("7 and 8", "%d and %d", a, b)
      ffi.C.memset(buffer, 65, 3)
      return { n, ffi.string(buffer), read, a[0], b[0], ffi.C.memcmp("abc", "abd", 3) < 0 }`;
    expect(await lua(code)).toEqual([25, "AAAt has 3 items, 1.50 -9", 2, 7, 8, true]);
  });

  test("structs by pointer and by value", async () => {
    const code = `ffi.cdef[[
        typedef struct { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst; long gmtoff; const char *zone; } tm_t;
        tm_t *gmtime_r(const int64_t *t, tm_t *result); int64_t timegm(tm_t *t);
        typedef struct { long quot, rem; } ldiv_t; ldiv_t ldiv(long n, long d);
      ]]
      local t, out = ffi.new("int64_t[1]", 86400 * 365), ffi.new("tm_t")
      local same = ffi.C.gmtime_r(t, out) == out
      local q = ffi.C.ldiv(17, 5)
      return { same, out.tm_year, out.tm_mon, out.tm_mday, tonumber(ffi.C.timegm(out)), tonumber(q.quot), tonumber(q.rem) }`;
    expect(await lua(code)).toEqual([true, 71, 0, 1, 86400 * 365, 3, 2]);
  });

  test("numbers that JSON has not", async () => {
    const code = `ffi.cdef[[ double fabs(double n); int snprintf(char *buffer, size_t size, const char *format, ...); double strtod(const char *s, char **end); ]]
      local buffer, zero = ffi.new("char[64]"), ffi.C.strtod("-0", nil)
      local n = ffi.C.snprintf(buffer, 64, "%g %g %g", 1/0, -1/0, zero)
      return { ffi.load("m").fabs(-1/0) == 1/0, ffi.load("m").fabs(0/0) ~= ffi.load("m").fabs(0/0), 1 / zero == -1/0, ffi.string(buffer, n) }`;
    expect(await lua(code, { C: null, m: null })).toEqual([true, true, true, "inf -inf -0"]);
  });

  test("errno, and memory that C owns", async () => {
    const code = `ffi.cdef[[ int open(const char *path, int flags, ...); void *malloc(size_t n); void free(void *p); char *strdup(const char *s); ]]
      local opened = ffi.C.open("/no/such/file", 0)
      local number = ffi.errno()
      local p = ffi.gc(ffi.cast("char *", ffi.C.malloc(16)), ffi.C.free)
      ffi.copy(p, "from lua")
      p[0] = string.byte("F")
      local copy = ffi.C.strdup(p)
      local text = ffi.string(copy) .. ffi.string(p, 4) .. string.char(copy[1])
      ffi.C.free(copy)
      p = nil
      collectgarbage() collectgarbage()
      return { opened, number, text }`;
    expect(await lua(code)).toEqual([-1, 2, "From luaFromr"]);
  });
});

describe("zlib", () => {
  test("the compression of the tutorial", async () => {
    const code = `ffi.cdef[[
        unsigned long compressBound(unsigned long sourceLen);
        int compress2(uint8_t *dest, unsigned long *destLen, const uint8_t *source, unsigned long sourceLen, int level);
        int uncompress(uint8_t *dest, unsigned long *destLen, const uint8_t *source, unsigned long sourceLen);
        const char *zlibVersion(void);
      ]]
      local zlib = ffi.load("z")
      local text = string.rep("abcd", 1000)
      local n = zlib.compressBound(#text)
      local buffer, length = ffi.new("uint8_t[?]", n), ffi.new("unsigned long[1]", n)
      assert(zlib.compress2(buffer, length, text, #text, 9) == 0)
      local packed = ffi.string(buffer, length[0])
      local out, size = ffi.new("uint8_t[?]", #text), ffi.new("unsigned long[1]", #text)
      assert(zlib.uncompress(out, size, packed, #packed) == 0)
      return { #packed < 100, ffi.string(out, size[0]) == text, ffi.string(zlib.zlibVersion()):match("^1%.") ~= nil }`;
    expect(await lua(code)).toEqual([true, true, true]);
  });

  test("a stream: a struct that C keeps the address of, with pointers that move", async () => {
    const code = `ffi.cdef[[
        typedef struct z_stream_s { const uint8_t *next_in; unsigned avail_in; unsigned long total_in; uint8_t *next_out; unsigned avail_out;
          unsigned long total_out; const char *msg; void *state; void *zalloc, *zfree, *opaque; int data_type; unsigned long adler, reserved; } z_stream;
        int inflateInit_(z_stream *s, const char *version, int size); int inflate(z_stream *s, int flush); int inflateEnd(z_stream *s);
        unsigned long compressBound(unsigned long n); int compress2(uint8_t *d, unsigned long *n, const uint8_t *s, unsigned long l, int level);
      ]]
      local zlib = ffi.load("z")
      local text = string.rep("stream ", 100)
      local packed, size = ffi.new("uint8_t[1000]"), ffi.new("unsigned long[1]", 1000)
      assert(zlib.compress2(packed, size, text, #text, 6) == 0)
      local s, out = ffi.new("z_stream"), ffi.new("uint8_t[?]", #text)
      assert(zlib.inflateInit_(s, "1.2.11", ffi.sizeof(s)) == 0)
      s.next_out, s.avail_out = out, #text
      -- In two pieces, so that the state lasts from call to call.
      s.next_in, s.avail_in = packed, 5
      local first = zlib.inflate(s, 0)
      local moved = s.next_in - ffi.cast("const uint8_t *", packed)
      s.avail_in = tonumber(size[0]) - 5
      local last = zlib.inflate(s, 4)
      local done = s.next_out - ffi.cast("uint8_t *", out)
      return { first, moved, last, done, ffi.string(out, #text) == text, zlib.inflateEnd(s) }`;
    expect(await lua(code)).toEqual([0, 5, 1, 700, true, 0]);
  });
});

describe("what is refused", () => {
  test.each([
    [
      "a library that is not allowed",
      'ffi.load("crypto")',
      /the library 'crypto' is not allowed by this bridge; start it with --library crypto/,
    ],
    [
      "the C library when it is not allowed",
      'ffi.cdef("int getpid(void)") return ffi.C.getpid()',
      /the C library is not allowed.*--library C/,
    ],
    [
      "an address without any library",
      'return ffi.string(ffi.cast("char *", 4096), 4)',
      /native memory is not allowed/,
    ],
    [
      "a symbol that is not there",
      'ffi.cdef("int no_such_symbol(void)") return ffi.load("z").no_such_symbol()',
      /undefined symbol: no_such_symbol/,
    ],
    [
      "a callback",
      'ffi.cdef("void qsort(void *b, size_t n, size_t s, int (*c)(const void *, const void *))") return ffi.load("z").qsort',
      /.*/,
    ],
    [
      "too few arguments",
      'ffi.cdef("unsigned long crc32(unsigned long c, const uint8_t *b, unsigned n)") return ffi.load("z").crc32(1)',
      /wrong number of arguments/,
    ],
    [
      "a wrong argument",
      'ffi.cdef("unsigned long compressBound(unsigned long n)") return ffi.load("z").compressBound("x")',
      /cannot convert 'string' to 'uint64_t'/,
    ],
    ["a path", 'ffi.load("/etc/passwd")', /not allowed by this bridge/],
  ])("%s", async (_, code, message) => {
    await expect(lua(code, { z: null })).rejects.toThrow(message);
  });

  test("a callback, by what it is", async () => {
    const code = `ffi.cdef("void qsort(void *b, size_t n, size_t s, int (*c)(const void *, const void *))")
      local a = ffi.new("int[2]", 2, 1)
      ffi.C.qsort(a, 2, 4, function() return 0 end)`;
    await expect(lua(code)).rejects.toThrow(/callbacks are not supported/);
  });
});

test("a library that crashes takes its process along and nothing else", async () => {
  const { lua: run } = await start({ C: null });
  const code = 'local ffi = require("ffi") ffi.cdef("size_t strlen(const char *s)") return tonumber(ffi.C.strlen(%s))';
  await expect(run(code.replace("%s", 'ffi.cast("char *", 8)'))).rejects.toThrow(
    /native libraries run is gone: it ended with SIGSEGV/,
  );
  expect(await run(code.replace("%s", '"fine"'))).toBe(4);
});

test("two runtimes have processes of their own, and a skill may call", async () => {
  const { call } = await start({ C: null });
  const pid = await call("native-pid");
  expect(Number(pid)).toBeGreaterThan(1);
  expect(pid).not.toBe(String(process.pid));
});

test("a call of C that does not end is ended by an abort", async () => {
  const { engine: e } = await start({ C: null });
  const code = 'local ffi = require("ffi") ffi.cdef("unsigned sleep(unsigned s)") ffi.C.sleep(600)';
  const running = e.request({ op: "runLua", code, args: {}, timeoutMs: 1500 });
  await expect(running).rejects.toThrow();
});

test("functions that a skill holds are declared again on a new connection", async () => {
  const e = await start({ C: null });
  const first = await e.call("native-pid");
  expect(Number(first)).toBeGreaterThan(1);
  for (const socket of sockets) socket.terminate();
  await expect.poll(() => bridge?.bridge.connections).toBe(0);
  const second = await e.call("native-pid");
  expect(Number(second)).toBeGreaterThan(1);
  // Another helper process: the call went to the new connection.
  expect(second).not.toBe(first);
});
