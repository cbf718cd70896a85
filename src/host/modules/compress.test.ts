import { gunzipSync, gzipSync, strToU8 } from "fflate";
import { afterAll, expect, it } from "vitest";
import { createNodeRuntime } from "../../platforms/node/node.ts";

const runtime = await createNodeRuntime({ modules: ["compress"], grants: { "*": ["compress"] } });
afterAll(() => runtime.close());
const run = (code: string) => runtime.runLua(`local c = require("compress") ${code}`);

it("takes back what it made, in every format and level, bytes of all kinds", async () => {
  const code = `local bytes = {} for i = 0, 255 do bytes[i + 1] = string.char(i) end
    local text = table.concat(bytes):rep(50) local out = {}
    for _, f in ipairs({ "gzip", "deflate", "zlib" }) do
      for _, level in ipairs({ 1, 6, 9 }) do
        local packed = assert(c[f].encode(text, { level = level }))
        out[#out + 1] = #packed < #text and c[f].decode(packed) == text
      end
    end return out`;
  expect(await run(code)).toEqual(Array.from({ length: 9 }, () => true));
});

it("reads and writes what others do", async () => {
  const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const code = `local data = ("${hex(gzipSync(strToU8("from elsewhere")))}"):gsub("..", function(h) return string.char(tonumber(h, 16)) end)
    return (c.gzip.encode(c.gzip.decode(data) .. "!"):gsub(".", function(b) return ("%02x"):format(b:byte()) end))`;
  const bytes = Uint8Array.from(String(await run(code)).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  expect(new TextDecoder().decode(gunzipSync(bytes))).toBe("from elsewhere!");
});

it("says what is wrong as an error object", async () => {
  const code = `local function e(value, err) return { value == nil, err:kind(), err:retryable(), err:message() } end
    return { e(c.gzip.encode("")), e(c.gzip.decode("")), e(c.gzip.decode("not gzip")), e(c.zlib.decode("not zlib")), e(c.deflate.decode("\\255\\255")),
      e(c.gzip.encode("x", { level = 10 })), e(c.gzip.decode(c.gzip.encode(("x"):rep(100000)), { max_size = 1000 })),
      e(c.gzip.decode(c.gzip.encode(("x"):rep(1000)):sub(1, -9))), e(c.brotli.encode("x")), e(c.zstd.decode("x")), e(c.gzip.encode(5)) }`;
  const answers = (await run(code)) as [boolean, string, boolean, string][];
  expect(answers.map(([missing, kind, retryable]) => [missing, kind, retryable])).toEqual(
    [
      "Invalid",
      "Invalid",
      "Invalid",
      "Invalid",
      "Invalid",
      "Invalid",
      "Internal",
      "Invalid",
      "Unavailable",
      "Unavailable",
      "Invalid",
    ].map((kind) => [true, kind, false]),
  );
  expect(answers[0]?.[3]).toBe("compress.gzip.encode: the data is empty");
  expect(answers[6]?.[3]).toBe("compress.gzip.decode: the data is larger than 1000 bytes");
});
