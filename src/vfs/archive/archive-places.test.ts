import { describe, expect, it } from "vitest";
import { ArchivePlaces } from "./archive-places.ts";

/** Adds each, and gives the refusal of the last. */
function refusal(...names: string[]): string | undefined {
  const places = new ArchivePlaces(100);
  for (const name of names.slice(0, -1)) places.add(name, name);
  const last = names.at(-1) ?? "";
  try {
    places.add(last, last);
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: "invalid_archive" });
    return (error as Error).message;
  }
}

describe("the places of an archive's entries", () => {
  it.each<readonly [string, readonly string[]]>([
    ["is a file and a directory", ["a", "a/"]],
    ["is a file and a directory", ["a/", "a"]],
    ["is a file and a directory", ["a", "a/b"]],
    ["is a file and a directory", ["a/b", "a"]],
    ["appears twice", ["a/b", "a/b"]],
    ["differs from 'a/b' only in case or Unicode form", ["a/b", "a/B"]],
    ["differs from 'a' only in case or Unicode form", ["a/b", "A/c"]],
    ["differs from '\u00e9' only in case or Unicode form", ["\u00e9", "e\u0301"]],
  ])("%s: %j is refused", (text, names) => {
    expect(refusal(...names)).toBe(`Zip entry '${names.at(-1)}' ${text}`);
  });

  it.each([[["a/", "a/b", "a/c/", "a/"]], [["a/b", "a/c", "ab", "b/a", "c//d"]]])(
    "side by side are fine: %j",
    (names) => {
      expect(refusal(...names)).toBeUndefined();
    },
  );

  it("are as deep as 64 levels, and their names as long as 255 bytes", () => {
    expect(refusal(Array(64).fill("d").join("/"))).toBeUndefined();
    expect(refusal(Array(65).fill("d").join("/"))).toMatch(/lies deeper than 64 levels$/);
    for (const [letter, most] of [
      ["a", 255],
      ["ä", 127],
      ["数", 85],
    ] as const) {
      expect(refusal(`d/${letter.repeat(most)}`)).toBeUndefined();
      expect(refusal(`d/${letter.repeat(most + 1)}/f`)).toMatch(/has a name of more than 255 bytes$/);
    }
  });

  it("are told short: a hostile name is cut", () => {
    const long = "d/".repeat(100);
    expect(refusal(`${long}x`)).toBe(`Zip entry '${long}…' lies deeper than 64 levels`);
    expect(refusal(long)).toBe(`Zip entry '${long}' lies deeper than 64 levels`);
  });

  it("have four times as many directories that nobody lists as there may be entries", () => {
    const places = new ArchivePlaces(2);
    places.add("1/2/3/4/5/6/7/8", "");
    expect(() => places.add("9", "9")).toThrow("Zip entry '9' is one too many: too many directories");
    expect(() => new ArchivePlaces(2).add("1/2/3/4/5/6/7/8/9", "")).toThrow("too many directories");
  });

  it("have 2^20 characters of names together", () => {
    const places = new ArchivePlaces(100);
    const half = "x".repeat(2 ** 19);
    places.add("a", half);
    places.add("b", half);
    expect(() => places.add("c", "c")).toThrow(
      "Zip entry 'c' is one too many: all names together have more than 1048576 characters",
    );
  });
});
