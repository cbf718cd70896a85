import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const page = await readFile("docs/security.md", "utf8");
const section = page.slice(page.indexOf("## Threats"), page.indexOf("## What it does not promise"));
const rows = section.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| ---"));

/** `file` "title", "title", `file` … → [file, title] */
function guards(row: string): [file: string, title: string][] {
  const cell = row.split(" | ").at(-1) ?? "";
  const found: [string, string][] = [];
  let file = "";
  for (const [, path, title] of cell.matchAll(/`([\w./-]+\.ts)`|"([^"]+)"/g)) {
    if (path !== undefined) file = path;
    if (title !== undefined) found.push([file, title]);
  }
  return found;
}

test("every threat names a test that exists", async () => {
  expect(rows.length).toBeGreaterThan(12);
  for (const row of rows.slice(1)) {
    const named = guards(row);
    expect(named, row).not.toEqual([]);
    for (const [file, title] of named) expect(await readFile(file, "utf8"), `${file}: ${title}`).toContain(title);
  }
});
