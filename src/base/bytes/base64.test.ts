import { describe, expect, it } from "vitest";
import { Base64Error, decodeBase64, encodeBase64 } from "./base64.ts";

describe("base64", () => {
  it("agrees with the platform for every length and byte", () => {
    for (let n = 0; n < 70; n++) {
      const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n * 11) & 0xff);
      const text = Buffer.from(bytes).toString("base64");
      expect(encodeBase64(bytes)).toBe(text);
      expect(decodeBase64(text)).toEqual(bytes);
    }
    const big = Uint8Array.from({ length: 200_001 }, (_, i) => (i * i) & 0xff);
    expect(decodeBase64(encodeBase64(big))).toEqual(big);
  });

  it("is strict", () => {
    const bad = [
      "AAEC/w",
      "AAEC\n/w==",
      "AAEC_w==",
      "****",
      "QUF=",
      "QUF",
      "A",
      "A===",
      "=",
      "====",
      "QQ=",
      "é",
      "QQ==QQ==",
    ];
    for (const text of bad) {
      expect(() => decodeBase64(text), text).toThrow(Base64Error);
    }
  });
});
