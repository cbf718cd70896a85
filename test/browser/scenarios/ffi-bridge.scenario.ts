// libc and zlib called from a skill in a page, through a bridge on this machine.
import assert from "node:assert/strict";
import { BridgeServer } from "../../../src/bridge/server.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";

const program = `local ffi = require("ffi")
ffi.cdef[[
  int getpid(void); size_t strlen(const char *s); double strtod(const char *s, char **end);
  unsigned long compressBound(unsigned long n);
  int compress2(uint8_t *d, unsigned long *n, const uint8_t *s, unsigned long l, int level);
  int uncompress(uint8_t *d, unsigned long *n, const uint8_t *s, unsigned long l);
  typedef struct { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst; long off; const char *zone; } tm_t;
  tm_t *gmtime_r(const int64_t *t, tm_t *result);
]]
local text = ffi.new("char[16]", "2.5 rest")
local stop = ffi.new("char *[1]")
local number = ffi.C.strtod(text, stop)
local tm = ffi.new("tm_t")
ffi.C.gmtime_r(ffi.new("int64_t[1]", 86400), tm)
local z = ffi.load("z")
local long = string.rep("abcd", 1000)
local packed, size = ffi.new("uint8_t[?]", z.compressBound(#long)), ffi.new("unsigned long[1]", z.compressBound(#long))
assert(z.compress2(packed, size, long, #long, 9) == 0)
local out, length = ffi.new("uint8_t[?]", #long), ffi.new("unsigned long[1]", #long)
assert(z.uncompress(out, length, packed, size[0]) == 0)
local refused = select(2, pcall(ffi.load, "ssl"))
return { tonumber(ffi.C.strlen("page")), number, ffi.string(stop[0]), tm.tm_mday, ffi.string(out, length[0]) == long, ffi.C.getpid() > 1, refused }`;

async function callLibraries({ launch, openBlank, origin }: ScenarioContext): Promise<void> {
  let code = "";
  const bridge = await BridgeServer.start({
    port: 0,
    origins: [origin],
    libraries: { C: null, z: null },
    onPairingCode: (shown) => {
      code = shown;
    },
  });
  try {
    const browser = await launch();
    await openBlank(browser);
    const answer = (await browser.evaluate(`(async () => {
      const paired = await fetch("${bridge.url}/v1/pair", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code: "${code}" }),
      });
      const { token } = await paired.json();
      const { createRuntime } = await import("/dist/index.js");
      const runtime = await createRuntime({ storage: { kind: "memory" }, process: { kind: "bridge", url: "${bridge.url}", token } });
      try { return await runtime.runLua(${JSON.stringify(program)}); } finally { await runtime.close(); }
    })()`)) as unknown[];
    const [length, number, rest, day, same, pid, refused] = answer;
    assert.deepEqual([length, number, rest, day, same, pid], [4, 2.5, " rest", 2, true, true]);
    assert.match(String(refused), /the library 'ssl' is not allowed by this bridge/);
  } finally {
    await bridge.close();
  }
}

export const scenarios: readonly Scenario[] = [
  { name: "libc and zlib called from a page through the bridge", engines: ["chromium"], run: callLibraries },
];
