import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { defaultLimits, resolveLimits } from "./limits.ts";

const page = await readFile("docs/limits-and-errors.md", "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| `"));
const units: readonly (readonly [name: string, factor: number])[] = [
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
];

/** The values of a cell: `10,000, 16 MiB`. */
function values(cell: string): number[] {
  return cell.split(/, (?=\d)/).map((text) => {
    const factor = units.find(([name]) => text.endsWith(name))?.[1] ?? 1;
    return Number(text.replace(/[ ,]|[GM]iB/g, "")) * factor;
  });
}

it.each(Object.entries(defaultLimits))(
  "%s has a row that says its default, and is refused when it is wrong",
  (name, value) => {
    const cells = rows.map((row) => row.split(" | ")).find(([names]) => names?.includes(`\`${name}\``));
    expect(cells, "a row of docs/limits-and-errors.md").toBeDefined();
    expect(values(cells?.[2] ?? "")).toContain(value);
    const range = name === "valueDepth" ? "at least 0 and at most 1000" : "at least 0";
    const wrong = `limits.${name} must be a finite number of ${range}, got`;
    expect(() => resolveLimits({ [name]: -1 })).toThrow(`${wrong} -1`);
    expect(() => resolveLimits({ [name]: "5" as never })).toThrow(`${wrong} 5`);
  },
);
