import { describe, expect, it } from "vitest";
import { medianLines, shapeProblems, strayHelpers } from "./house-shape.ts";

const files = (count: number, lines: number, folder = "src/a") =>
  Array.from({ length: count }, (_, i) => ({ file: `${folder}/${i}.ts`, lines }));

describe("the shape of the house", () => {
  it("takes the middle, or the mean of the two in the middle", () => {
    expect(medianLines([])).toBe(0);
    expect(medianLines([...files(2, 10), ...files(1, 99)])).toBe(10);
    expect(medianLines([...files(1, 10), ...files(1, 20)])).toBe(15);
  });

  it("holds at its limits", () => {
    expect(shapeProblems([...files(20, 90), { file: "src/b/long.ts", lines: 400 }])).toEqual([]);
  });

  it("names what breaks it", () => {
    expect(shapeProblems([{ file: "src/b/long.ts", lines: 401 }, ...files(3, 1)])).toEqual([
      "src/b/long.ts: 401 lines; split it, one noun a file, at most 400",
    ]);
    expect(shapeProblems(files(21, 1))).toEqual(["src/a/: 21 files beside its folders; at most 20"]);
    expect(shapeProblems(files(3, 91))).toEqual([expect.stringContaining("more than 91 lines")]);
  });

  it("leaves tests out of the count, not out of how long a file may be", () => {
    expect(shapeProblems([...files(20, 1), { file: "src/a/a.test.ts", lines: 400 }])).toEqual([]);
    expect(shapeProblems([{ file: "src/a/a.test.ts", lines: 401 }])).toEqual([
      "src/a/a.test.ts: 401 lines; split it, one noun a file, at most 400",
    ]);
  });

  it("counts every language", () => {
    const mixed = [...files(20, 1), { file: "src/a/a.lua", lines: 401 }];
    expect(shapeProblems(mixed)).toEqual([
      "src/a/a.lua: 401 lines; split it, one noun a file, at most 400",
      "src/a/: 21 files beside its folders; at most 20",
    ]);
  });

  it("keeps the helpers of tests in one place", () => {
    const files = ["src/a/test-a.ts", "src/a/fixtures/b.ts", "src/a/wait-suite.ts", "src/a/test-a.test.ts"];
    expect(strayHelpers([...files, "src/testing/fake-a.ts", "src/a/latest-a.ts"])).toEqual(
      files.slice(0, 3).map((file) => `${file}: helpers of tests stand in src/testing/`),
    );
  });
});
