import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { TestAccess } from "../src/testing/sqlite-access.ts";

/** Rows of the table that sets the tokenizers side by side; a cell `as left` repeats its neighbour. */
async function table(): Promise<{ icu: string; rows: string[][] }> {
  const page = await readFile("docs/sqlite.md", "utf8");
  const [, icu = "", body = ""] =
    /\| Text \| `segmenter` \(ICU (\d+)\)[^\n]*\n\|[-| ]+\n((?:\|[^\n]*\n)+)/.exec(page) ?? [];
  const rows = body.trim().split("\n");
  return {
    icu,
    rows: rows.map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ),
  };
}

it("the documented words are those the tokenizers give", async () => {
  const { icu, rows } = await table();
  expect(rows.length).toBeGreaterThan(4);
  const db = await TestAccess.open({ jieba: await readFile("node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm") });
  const words = async (text: string | undefined, tokenizer_mode: string, search_mode = false) => {
    const { tokens } = await db.call("tokenize_text", { text, tokenizer_mode, search_mode });
    return (tokens as string[]).join(" · ");
  };
  for (const [text, segmenter, plain, search] of rows) {
    expect(await words(text, "jieba"), text).toBe(plain);
    expect(await words(text, "jieba", true), text).toBe(search === "as left" ? plain : search);
    // What a word is to Intl.Segmenter is up to its ICU; the page names the one it was written with.
    const asDocumented = process.versions.icu?.startsWith(`${icu}.`) === true;
    const found = await words(text, "segmenter");
    if (asDocumented) expect(found, text).toBe(segmenter);
    else expect(found.replaceAll(" · ", ""), text).toBe(segmenter?.replaceAll(" · ", ""));
  }
});
