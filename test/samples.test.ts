import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packSkills } from "../demo/pack-skills.ts";
import type { JsonObject, Runtime } from "../src/contract/contract.ts";
import { createNodeRuntime } from "../src/platforms/node/node.ts";

let runtime: Runtime;
const content = async (entry: string, args: JsonObject = {}) => (await runtime.call(entry, args)).content;

beforeAll(async () => {
  runtime = await createNodeRuntime();
  for (const [file, bytes] of await packSkills("demo/skills")) {
    if (file.endsWith(".zip")) await runtime.fs.importZip("/runtime/skills", bytes);
  }
  await runtime.skills.reload();
});
afterAll(() => runtime.close());

describe("the sample skills", () => {
  it("are packed in public/skills as their sources are", async () => {
    const packed = await packSkills("demo/skills");
    expect((await readdir("public/skills")).sort()).toEqual([...packed.keys()].sort());
    for (const [file, bytes] of packed) {
      const stored = await readFile(`public/skills/${file}`);
      expect(stored.equals(bytes), `public/skills/${file}: run node scripts/run-ts.mjs demo/pack.ts`).toBe(true);
    }
  });

  it("load without a problem", () => {
    expect(runtime.problems()).toEqual([]);
    expect(runtime.list().map((entry) => entry.name)).toEqual([
      "notebook-add",
      "notebook-list",
      "notebook-remove",
      "notebook-search",
      "notebook-show",
      "recall-forget",
      "recall-list",
      "recall-remember",
      "recall-search",
      "recall-similar",
      "table-bench-from-markdown",
      "table-bench-query",
      "table-bench-summarize",
      "table-bench-to-markdown",
      "text-stats-count",
      "text-stats-keywords",
      "text-stats-readability",
    ]);
  });

  it("notebook: notes with tags are kept in files, found, shown and removed", async () => {
    await content("notebook-add", { title: "Groceries", text: "Milk #home", tags: ["food"] });
    await content("notebook-add", { title: "Groceries", text: "Bread" });
    expect(await content("notebook-list")).toMatch(/groceries-2.*\n?/);
    expect(await content("notebook-list", { tag: "#home" })).not.toContain("groceries-2");
    expect(await content("notebook-list")).toContain("Tags: #food (1), #home (1)");
    expect(await content("notebook-search", { query: "BREAD" })).toContain("groceries-2");
    expect(await content("notebook-show", { id: "groceries" })).toContain("Milk #home");
    expect(await runtime.fs.list("/runtime/data/notebook")).toEqual(["groceries-2.md", "groceries.md"]);
    expect(await content("notebook-remove", { id: "groceries" })).toBe("Removed groceries.");
    await expect(runtime.call("notebook-show", { id: "../secret" })).rejects.toThrow(
      /only letters, digits and hyphens/,
    );
  });

  it("recall: texts are found by words and by likeness, and forgotten in both databases", async () => {
    const text =
      "Rye bread is sold on Fridays\n\n  Sourdough and rye flour make bread  \nThe train leaves at 7:40\nIt's Anna's | nuts";
    const kept = await content("recall-remember", { text, topic: "home" });
    expect(kept).toMatch(/^Remembered 4 memories\.[\s\S]*\| 4 \| It's Anna's \\\| nuts \| home \|/);
    await content("recall-remember", { text: "Trains are late", topic: "it's work" });
    const numbers = (table: string) => [...table.matchAll(/^\| (\d+) \|/gm)].map(([, id]) => Number(id));
    expect(numbers(await content("recall-search", { query: "rye flour" })).slice(0, 2)).toEqual([2, 1]);
    expect(await content("recall-search", { query: "training", topic: "it's work" })).toMatch(
      /\| 5 \|.*\| \d+% alike \|$/,
    );
    expect(numbers(await content("recall-similar", { id: 3, limit: 1 }))).toEqual([5]);
    expect(await content("recall-forget", { id: 5 })).toBe("Forgot memory 5.");
    expect(await content("recall-search", { query: "training", topic: "it's work" })).toMatch(/^Nothing is remembered/);
    expect(numbers(await content("recall-list"))).toEqual([4, 3, 2, 1]);
    expect(await content("recall-search", { query: "??" })).toMatch(/^Nothing is remembered/);
    const [, stored] = await runtime.databases.list();
    expect(stored).toMatchObject({ kind: "lancedb", skillId: "recall", tables: ["memories"] });
    const words = "SELECT id FROM memory_words WHERE memory_words MATCH 'rye' ORDER BY id";
    expect((await runtime.databases.sqlite.query("recall", words)).rows).toEqual([["1"], ["2"]]);
    expect((await runtime.databases.lancedb.rows("recall", "memories")).total).toBe(4);
    await expect(runtime.call("recall-similar", { id: 9 })).rejects.toThrow(/there is no memory 9/);
  });

  it("table workbench: CSV to Markdown and back, with quotes, filters and order", async () => {
    const csv = 'city,people\nLagos,15400000\n"São Paulo, SP",12300000\nOsaka,2750000';
    const table = await content("table-bench-to-markdown", { csv });
    expect(table.split("\n").map((line) => [...line].length)).toEqual([28, 28, 28, 28, 28]);
    expect(await content("table-bench-from-markdown", { markdown: table })).toBe(csv);
    const found = await content("table-bench-query", { csv, where: "people > 3000000", sort: "people" });
    expect(found.match(/^\| (\S+)/gm)).toEqual(["| city", "| -------------", "| São", "| Lagos"]);
    expect(found).toContain("2 of 2 rows");
    expect(await content("table-bench-summarize", { csv })).toMatch(/people/);
    await expect(runtime.call("table-bench-query", { csv, where: "height > 2" })).rejects.toThrow(
      /there is no column "height"; the columns are: city, people/,
    );
  });

  it("text statistics: counts, keywords without filler words, readability", async () => {
    const text = "Rivers carry water. Water carves stone.\nÜber den Fluss.";
    expect(await content("text-stats-count", { text })).toMatch(/\| Characters \| 55 \|[\s\S]*\| Words \| 9 \|/);
    expect(await content("text-stats-keywords", { text, limit: 1 })).toMatch(/water/i);
    expect(await content("text-stats-readability", { text: "We went to the sea. The water was cold." })).toMatch(/\d/);
    const page = (await runtime.help("text-stats", "keywords")) as JsonObject;
    expect(page.content).toContain("Filler words are left out");
  });
});
