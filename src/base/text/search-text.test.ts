import { afterEach, expect, it } from "vitest";
import { setPayer } from "../work.ts";
import { characterCount, charactersOf, indexOfText, inPieces, lastIndexOfText, splitText } from "./search-text.ts";

afterEach(() => void setPayer(undefined));

const a = (count: number) => "a".repeat(count);
const lines = Array.from({ length: 9000 }, (_, i) => `line ${i % 97} of 🙂`);
const long = lines.join("\n");

/** Texts and parts on both sides of every bound, some that begin again and again. */
const searches: readonly (readonly [text: string, part: string])[] = [
  ["", ""],
  ["", "a"],
  ["abc", ""],
  ["abc", "c"],
  ["abc", "d"],
  [long, "\n"],
  [long, "line 96 of"],
  [long, "line 97 of"],
  [long, lines.slice(96, 120).join("\n")],
  [long, `${lines.slice(96, 120).join("\n")}!`],
  [`${a(70_000)}b`, "ab"],
  [`${a(70_000)}b${a(10)}`, `${a(100)}b${a(10)}`],
  [a(5000), `${a(100)}b${a(100)}`],
  [`${"ab".repeat(3000)}c`, `${"ab".repeat(40)}c`],
  ["ab".repeat(3000), "ab".repeat(40)],
  ["abaab".repeat(2000), `${"abaab".repeat(20)}a`],
];

it.each(searches)("finds what the engine's own search finds (%#)", (text, part) => {
  expect(indexOfText(text, part)).toBe(text.indexOf(part));
  for (const from of [1, 97, 2500, text.length - 5].filter((each) => each >= 0 && each <= text.length))
    expect(indexOfText(text, part, from)).toBe(text.indexOf(part, from));
  expect(lastIndexOfText(text, part)).toBe(text.lastIndexOf(part));
  expect(splitText(text, part)).toEqual(text.split(part));
  expect([characterCount(text), charactersOf(text)]).toEqual([[...text].length, [...text]]);
});

it("converts a long text as a whole, and leaves pairs together", () => {
  for (const text of [long, "🙂".repeat(70_000), `x${"🙂".repeat(70_000)}`, "", a(65_536)])
    expect(inPieces(text, (piece) => encodeURIComponent(piece).toUpperCase())).toBe(
      encodeURIComponent(text).toUpperCase(),
    );
});

it("books text + part, however often the part begins again, and stops when its payer says so", () => {
  let units = 0;
  setPayer({
    over: false,
    charge(booked) {
      units += booked;
    },
  });
  const [text, part] = [a(1_000_000), `${a(50_000)}b${a(50_000)}`];
  expect([indexOfText(text, part), lastIndexOfText(text, part), splitText(text, part).length]).toEqual([-1, -1, 1]);
  expect(units).toBeGreaterThan(1_000_000);
  expect(units).toBeLessThan(5_000_000);
  setPayer({
    over: false,
    charge() {
      throw new Error("enough");
    },
  });
  for (const search of [indexOfText, lastIndexOfText, splitText]) expect(() => search(text, part)).toThrow("enough");
  expect(() => inPieces(text, (piece) => piece)).toThrow("enough");
});
