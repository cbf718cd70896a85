import { expect, test } from "vitest";
import { quoteJson } from "./quote-json.ts";

test.each([0, 1, 2])(
  "a text of many parts is written as JSON.stringify writes it, cut at no pair (%i units aside)",
  (aside) => {
    const text = "x".repeat(aside) + 'a\u{1f600}"\\\n\ud83d'.repeat(60_000);
    expect(quoteJson(text)).toBe(JSON.stringify(text));
    expect(quoteJson(text.slice(0, 50))).toBe(JSON.stringify(text.slice(0, 50)));
  },
);
