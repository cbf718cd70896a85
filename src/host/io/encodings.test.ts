import { describe, expect, it } from "vitest";
import { decodeForLua, decodeText, defaultTextEncoding, EncodingError, encodeText, textEncoding } from "./encodings.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("text encodings", () => {
  it("labels are trimmed and case-insensitive; unknown ones are named as given", () => {
    expect(textEncoding(" UTF8 ").label).toBe("utf-8");
    expect(textEncoding("CP936").label).toBe("gbk");
    expect(textEncoding("bytes").label).toBe("base64");
    expect(textEncoding("Latin-1").label).toBe("latin1");
    expect(textEncoding("acp").label).toBe("utf-8");
    expect(textEncoding("console", "windows").label).toBe("windows-oem-65001");
    expect(() => textEncoding(" Shift_JIS")).toThrow(new EncodingError("unsupported text encoding ` Shift_JIS`"));
    expect(defaultTextEncoding("  ", "linux").label).toBe("utf-8");
    expect(defaultTextEncoding(" GBK ", "linux").label).toBe("gbk");
    expect(() => defaultTextEncoding("nope", "linux")).toThrow(EncodingError);
  });

  it("UTF-8 is lossy and says so; a byte order mark stays", () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0x62);
    expect(decodeText(bytes, textEncoding("utf-8"))).toEqual({
      text: "a\ufffdb",
      encoding: "utf-8",
      lossy: true,
      base64: "Yf9i",
    });
    const bom = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
    expect(decodeText(bom, textEncoding("utf-8"))).toEqual({ text: "\ufeffa", encoding: "utf-8", lossy: false });
    expect(decodeForLua(bom, textEncoding("utf-8"))).toBe(bom);
    expect(decodeForLua(bytes, textEncoding("utf-8"))).toBe("a\ufffdb");
  });

  it("latin1 is the identity on bytes", () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const { text } = decodeText(all, textEncoding("latin1"));
    expect([...text].map((c) => c.codePointAt(0))).toEqual([...all]);
    expect(encodeText(text, textEncoding("latin1"))).toEqual(all);
    expect(hex(encodeText("a€😀b", textEncoding("latin1")))).toBe("613f3f62");
  });

  it("encodes GBK and GB18030 as the Encoding Standard does", () => {
    const gbk = textEncoding("gbk");
    const gb18030 = textEncoding("gb18030");
    expect(hex(encodeText("中文a", gbk))).toBe("d6d0cec461");
    expect(hex(encodeText("€", gbk))).toBe("80");
    expect(hex(encodeText("€", gb18030))).toBe("a2e3");
    expect(hex(encodeText("\u3000", gbk))).toBe("a1a1");
    expect(hex(encodeText("\u0080", gb18030))).toBe("81308130");
    expect(hex(encodeText("é한", gb18030))).toBe("a8a683368433");
    expect(hex(encodeText("😀", gb18030))).toBe("9439fc36");
    expect(hex(encodeText("\u{10ffff}", gb18030))).toBe("e3329a35");
    expect(() => encodeText("x😀", gbk)).toThrow("gbk encode failed without replacement");
  });

  it("every assigned character of the basic plane survives a GB18030 round trip", () => {
    const gb18030 = textEncoding("gb18030");
    let text = "";
    for (let code = 0x20; code < 0xfffe; code++) {
      // Surrogates and the private use area are left out: editions of the standard disagree about the latter.
      if ((code < 0xd800 || code > 0xf8ff) && code !== 0xfffd) text += String.fromCharCode(code);
    }
    const bytes = encodeText(text, gb18030);
    expect(decodeText(bytes, gb18030).text === text).toBe(true);
  });

  it("base64 text is strict", () => {
    const base64 = textEncoding("base64");
    expect(decodeText(Uint8Array.of(0, 255), base64)).toEqual({
      text: "AP8=",
      encoding: "base64",
      lossy: false,
      base64: "AP8=",
    });
    expect(encodeText("AP8=", base64)).toEqual(Uint8Array.of(0, 255));
    expect(() => encodeText("AP8", base64)).toThrow("base64 decode failed: Invalid padding");
  });
});
