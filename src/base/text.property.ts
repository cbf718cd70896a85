import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, encodeBase64 } from "./bytes/base64.ts";
import { compareBytes } from "./bytes/byte-order.ts";
import { isInside, join, normalise, relative, segments } from "./paths.ts";

describe("base64", () => {
  it("comes back as it was, and is what Node writes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString("base64"));
        expect([...decodeBase64(text)]).toEqual([...bytes]);
      }),
    );
  });

  it("is taken in one spelling only", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ABab01+/=- \n"), maxLength: 12 }), (text) => {
        let bytes: Uint8Array;
        try {
          bytes = decodeBase64(text);
        } catch {
          return; // A refusal is an answer; what is taken has to be the one spelling.
        }
        expect(encodeBase64(bytes)).toBe(text);
      }),
    );
  });
});

describe("the order of bytes", () => {
  it("is that of the UTF-8 text", () => {
    const text = fc.string({ unit: "binary", maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe("paths", () => {
  const path = fc
    .array(fc.constantFrom("a", "b", "..", ".", "", "ü"), { maxLength: 8 })
    .map((parts) => `/${parts.join("/")}`);

  it("are the same when they are folded again, and hold nothing to fold", () => {
    fc.assert(
      fc.property(path, (text) => {
        const folded = normalise(text);
        expect(normalise(folded)).toBe(folded);
        expect(segments(folded).some((name) => name === "" || name === "." || name === "..")).toBe(false);
        expect(folded.startsWith("/")).toBe(true);
      }),
    );
  });

  it("are inside of what they are joined to unless they lead out of it, and relative to it", () => {
    const name = fc.constantFrom("a", "b", "ü");
    fc.assert(
      fc.property(path, fc.array(name, { minLength: 1, maxLength: 4 }), (directory, below) => {
        const base = normalise(directory);
        const whole = join(base, ...below);
        expect(isInside(whole, base)).toBe(true);
        expect(relative(whole, base)).toBe(below.join("/"));
      }),
    );
  });
});
