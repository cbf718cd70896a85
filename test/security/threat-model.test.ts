import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const page = await readFile("docs/threat-model.md", "utf8");
const attackers = [
  "A malicious skill",
  "A malicious package",
  "The network",
  "A page in an iframe",
  "A tab of the same origin",
  "A tenant",
];

/** The rows of tables below a heading of the second level; without head and ruler. */
function rowsOf(heading: string): string[] {
  const from = page.indexOf(`## ${heading}\n`);
  expect(from, heading).toBeGreaterThan(0);
  const rest = page.slice(from + 4);
  const end = rest.search(/^## /m);
  return (end === -1 ? rest : rest.slice(0, end))
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (---|Tries|What)/.test(line));
}

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

describe("the threat model", () => {
  it.each(attackers)("%s: every row names a test that exists", async (attacker) => {
    expect(page, "described under Attackers").toContain(`**${attacker}**`);
    const rows = rowsOf(attacker);
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) {
      const named = guards(row);
      expect(named, row).not.toEqual([]);
      for (const [file, title] of named) expect(await readFile(file, "utf8"), `${file}: ${title}`).toContain(title);
    }
  });

  it("says what is protected, and the page for users leads to it", async () => {
    expect(rowsOf("Assets").length).toBeGreaterThan(4);
    expect(await readFile("docs/security.md", "utf8")).toContain("(threat-model.md)");
  });
});
