import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { TestAccess } from "../../testing/sqlite-access.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import { JiebaInstance } from "./tokenizers/jieba-wasm.ts";
import { SegmenterTokenizer } from "./tokenizers/segmenter.ts";

let jieba: WebAssembly.Module;
beforeAll(async () => {
  jieba = await WebAssembly.compile(await readFile("node_modules/jieba-wasm/pkg/web/jieba_rs_wasm_bg.wasm"));
});

class Fts {
  constructor(readonly db: TestAccess) {}

  put(id: string, path: string, title: unknown, content: unknown, mode?: string): Promise<Record<string, unknown>> {
    return this.db.call("upsert_fts_document", {
      index_name: "docs",
      id,
      file_path: path,
      title,
      content,
      tokenizer_mode: mode,
    });
  }

  async search(query: string, mode?: string, limit?: unknown, offset?: unknown) {
    const answer = await this.db.call("search_fts", { index_name: "docs", query, tokenizer_mode: mode, limit, offset });
    return answer as { total: number; hits: Array<Record<string, unknown>> };
  }

  async sample(): Promise<this> {
    await this.put("d1", "/b.md", "Rust guide", "SQLite full text search with Rust and SQLite");
    await this.put("d2", "/a.md", "SQLite notes", "notes about engines");
    await this.put("d3", "/c.md", "Café", "Créme brulée recipe");
    return this;
  }
}

/** One engine: to build jieba's dictionary takes a good part of a second, and skills without words of their own share it. */
let engine: TestAccess | undefined;
let skills = 0;
/** An empty database. */
async function open(): Promise<Fts> {
  engine ??= await TestAccess.open({ jieba });
  return new Fts(await engine.beside(`skill-${++skills}`));
}
const tokens = async (db: TestAccess, text: string, mode = "none", search: unknown = false) =>
  (await db.call("tokenize_text", { text, tokenizer_mode: mode, search_mode: search })).tokens;

// The cases of sqlite-fts.yaml without Lua.
describe("tokenize_text", () => {
  it("splits at white space and ASCII punctuation", async () => {
    const { db } = await open();
    expect(await db.call("tokenize_text", { text: "a_b c-d" })).toEqual({
      success: true,
      tokenizer_mode: "none",
      normalized_text: "a_b c-d",
      tokens: ["a", "b", "c", "d"],
      fts_query: '"a" "b" "c" "d"',
    });
    expect(await tokens(db, "你好，世界。a.b/c")).toEqual(["你好，世界。a", "b", "c"]);
    expect(await tokens(db, "it's 50% [ok]~x^y`z")).toEqual(["it", "s", "50", "ok", "x", "y", "z"]);
    expect((await db.call("tokenize_text", { text: "  Foo\t\n foo\u3000FOO  " })).normalized_text).toBe("Foo foo FOO");
    expect((await db.call("tokenize_text", { text: '!"!', search_mode: true })).fts_query).toBe('"!""!"');
  });

  it("checks its fields in order", async () => {
    const { db } = await open();
    const fails = (method: string, input: unknown): Promise<string> => db.fails(method, input);
    expect(await fails("tokenize_text", {})).toBe("missing or empty field `text`");
    expect(await fails("tokenize_text", { text: " ", mode: "bad" })).toBe("unsupported sqlite tokenizer mode: bad");
    expect(await fails("tokenize_text", { text: "x", tokenizer_mode: "zh_cn" })).toContain("mode: zh_cn");
    expect((await db.call("tokenize_text", { text: "x", tokenizer_mode: 5, mode: "bad" })).tokenizer_mode).toBe("none");
    expect(await fails("ensure_fts_index", { mode: "bad" })).toBe("missing or empty field `index_name`");
    expect(await fails("upsert_fts_document", { index_name: "x", id: "1" })).toBe("missing or empty field `file_path`");
    expect(await fails("search_fts", { index_name: "x", query: "\t" })).toBe("missing or empty field `query`");
    expect(await fails("upsert_fts_document", { index_name: "x", id: "1", file_path: "/a", title: "t\0" })).toBe(
      "field `title` contains interior NUL bytes",
    );
  });

  it("cuts Chinese by jieba, with the skill's words", async () => {
    const { db } = await open();
    expect(await tokens(db, "中华人民共和国", "jieba", true)).toEqual([
      "中华",
      "华人",
      "人民",
      "共和",
      "共和国",
      "中华人民共和国",
    ]);
    const plain = ["市民", "田", "-", "女士", "急匆匆"];
    expect(await tokens(db, "市民田-女士急匆匆", "jieba")).toEqual(plain);
    await db.call("upsert_custom_word", { word: "田-女士", weight: 42 });
    expect(await tokens(db, "市民田-女士急匆匆", "jieba")).toEqual(["市民", "田-女士", "急匆匆"]);
    await db.exec("UPDATE _vulcan_dict SET enabled = 0");
    expect(await tokens(db, "市民田-女士急匆匆", "jieba")).toEqual(plain);
  });

  it("says when jieba is not there", async () => {
    const db = await TestAccess.open();
    expect(await db.fails("tokenize_text", { text: "x", mode: "jieba" })).toMatch(
      /^tokenize_text failed: jieba tokenizer is not available in this build: .*jieba-wasm.*wasm: \{ jieba:/,
    );
    expect(await db.fails("ensure_fts_index", { index_name: "docs", mode: "jieba" })).toContain("not available");
    expect(await db.query("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'docs'")).toBe('[{"n":0}]');
  });
});

describe("the dictionary", () => {
  it("answers as given and stores as needed", async () => {
    const { db } = await open();
    expect(await db.call("upsert_custom_word", { word: " 石墨烯 ", weight: 0 })).toEqual({
      success: true,
      affected_rows: 1,
      word: " 石墨烯 ",
      weight: 0,
    });
    await db.call("upsert_custom_word", { word: "abc", weight: 12 });
    await db.call("upsert_custom_word", { word: "Zed", weight: -3 });
    expect(await db.call("list_custom_words")).toEqual({
      success: true,
      total: 3,
      words: [
        { word: "Zed", weight: 1 },
        { word: "abc", weight: 12 },
        { word: "石墨烯", weight: 1 },
      ],
    });
    expect((await db.call("remove_custom_word", { word: "abc" })).affected_rows).toBe(1);
    expect((await db.call("remove_custom_word", { word: "abc" })).affected_rows).toBe(0);
  });

  it("of one skill is not the other's", async () => {
    const module = jieba;
    const one = new JiebaInstance(module);
    const two = new JiebaInstance(module);
    one.addWord("田-女士", 42);
    expect(one.cut("市民田-女士", false)).toEqual(["市民", "田-女士"]);
    expect(two.cut("市民田-女士", false)).toEqual(["市民", "田", "-", "女士"]);
    const text = "😀é 今天天气。\n  南京市长江大桥, foo_bar 3.14 \t𠀀";
    expect(two.cut(text, false).join("")).toBe(text);
  });
});

describe("indexes", () => {
  it("rank as the native engine does", async () => {
    const fts = await (await open()).sample();
    const { total, hits } = await fts.search("sqlite");
    expect(total).toBe(2);
    expect(hits.map((hit) => hit.id)).toEqual(["d1", "d2"]);
    expect(hits[0]?.content_snippet).toBe("<mark>SQLite</mark> full text search with Rust and <mark>SQLite</mark>");
    expect(hits[0]?.raw_score).toBeCloseTo(-1.1824611e-6, 12);
    expect(hits[1]).toMatchObject({ title_highlight: "<mark>SQLite</mark> notes", rank: 2 });
    expect(hits[1]?.score).toBeCloseTo(1.0942408e-6, 12);
    const cafe = await fts.search("cafe recipe");
    expect(cafe.hits).toMatchObject([{ id: "d3", title_highlight: "<mark>Café</mark>" }]);
    expect(cafe.hits[0]?.raw_score).toBeCloseTo(-1.20295837, 6);
    expect((await fts.search("!!!")).total).toBe(0);
    expect((await fts.search("sqlite", undefined, 1, 1)).hits).toMatchObject([{ id: "d2", rank: 2 }]);
  });

  it("replace, collapse and delete", async () => {
    const fts = await open();
    expect((await fts.put("d1", "/a", "old", "body")).affected_rows).toBe(1);
    expect(await fts.put("d1", "/b", null, 42)).toEqual({
      success: true,
      affected_rows: 2,
      index_name: "docs",
      id: "d1",
    });
    expect(await fts.db.query("SELECT * FROM docs")).toBe('[{"content":"","file_path":"/b","id":"d1","title":""}]');
    await fts.db.exec("INSERT INTO docs VALUES('x','/1','t','one'),('x','/2','t','two'),('y','/4',NULL,NULL)");
    expect(await fts.db.call("rebuild_fts_index", { index_name: "docs" })).toMatchObject({ reindexed_rows: 4 });
    expect(await fts.db.query("SELECT id, file_path FROM docs ORDER BY rowid")).toBe(
      '[{"file_path":"/b","id":"d1"},{"file_path":"/2","id":"x"},{"file_path":"/4","id":"y"}]',
    );
    expect((await fts.db.call("delete_fts_document", { index_name: "docs", id: "x" })).affected_rows).toBe(1);
    expect(await fts.db.fails("delete_fts_document", { index_name: "none", id: "x" })).toBe(
      "delete_fts_document failed: delete_fts_document failed: no such table: none",
    );
    const reserved = "Invalid parameter name: reserved index_name prefix / 保留索引名前缀";
    expect(await fts.db.fails("ensure_fts_index", { index_name: "_vulcan_x" })).toBe(
      `ensure_fts_index failed: ensure_fts_index failed: ${reserved}`,
    );
  });

  it("of jieba find words, with exact marks beside wide characters", async () => {
    const fts = await open();
    await fts.put("d1", "/1", "😀é北京😀", "𠀀 café 北京", "jieba");
    await fts.put("d2", "/2", "Hello", "我们去北京看看", "jieba");
    const { hits, total } = await fts.search("北京", "jieba");
    expect(total).toBe(2);
    expect(hits.find((hit) => hit.id === "d1")).toMatchObject({
      title_highlight: "😀é<mark>北京</mark>😀",
      content_snippet: "𠀀 café <mark>北京</mark>",
    });
    expect(hits.find((hit) => hit.id === "d2")?.content_snippet).toBe("我们去<mark>北京</mark>看看");
    expect((await fts.search("hello", "jieba")).total).toBe(0);
    await fts.db.exec("CREATE VIRTUAL TABLE raw USING fts5(body, tokenize='jieba')");
    await fts.db.exec("INSERT INTO raw VALUES(?1)", ["小明硕士毕业于中国科学院"]);
    expect(await fts.db.query("SELECT count(*) AS n FROM raw WHERE raw MATCH '毕业'")).toBe('[{"n":1}]');
  });

  it("are found again by another engine over the same file, jieba loaded on demand", async () => {
    const fs = new MemoryTree();
    const first = new Fts(await TestAccess.open({ vfs: fs, jieba }));
    await first.put("d1", "/1", "标题", "我们去北京看看", "jieba");
    const second = new Fts(await TestAccess.open({ vfs: fs, jieba }));
    await second.db.exec("INSERT INTO docs VALUES('d2', '/2', '', '北京')");
    expect((await second.search("北京", "jieba")).total).toBe(2);
  });

  it("of Intl.Segmenter carry its fingerprint and are rebuilt where it differs", async () => {
    const fts = await open();
    await fts.put("d1", "/1", "标题", "我们去北京看看 Hello", "segmenter");
    expect((await fts.search("北京", "segmenter")).hits[0]?.content_snippet).toContain("<mark>北京</mark>");
    expect((await fts.search("hello", "segmenter")).total).toBe(1);
    expect((await fts.search("，！", "segmenter")).total).toBe(0);
    const version = SegmenterTokenizer.create()?.version;
    const meta = "SELECT tokenizer AS t, version AS v FROM _vulcan_fts_meta";
    expect(await fts.db.query(meta)).toBe(`[{"t":"segmenter","v":"${version}"}]`);
    // As if an older ICU had cut the words; the index itself nobody but SQLite may write.
    await fts.db.exec("UPDATE _vulcan_fts_meta SET version = 'icu-old'");
    expect((await fts.search("北京", "segmenter")).total).toBe(1);
    expect(await fts.db.query(meta)).toBe(`[{"t":"segmenter","v":"${version}"}]`);
  });

  it("are rebuilt with another tokenizer when asked", async () => {
    const fts = await open();
    await fts.put("d1", "/a", "标题", "我们去北京看看");
    expect((await fts.search("北京")).total).toBe(0);
    await fts.db.call("rebuild_fts_index", { index_name: "docs", tokenizer_mode: "jieba" });
    expect((await fts.search("北京", "jieba")).total).toBe(1);
    await fts.db.call("rebuild_fts_index", { index_name: "docs" });
    expect(await fts.db.query("SELECT count(*) AS n FROM _vulcan_fts_meta")).toBe('[{"n":0}]');
  });
});

it("loads jieba for an index that a query does not name, also after a reload and under an import", async () => {
  const vfs = new MemoryTree();
  const query = { sql: "SELECT count(*) AS n FROM docs WHERE docs MATCH '北京'" };
  const first = new Fts(await TestAccess.open({ jieba, vfs }));
  await first.put("d1", "/a", "t", "我们去北京", "jieba");
  const path = "/runtime/databases/sqlite/db/db.sqlite3";
  const file = vfs.readFile(path);
  const second = await TestAccess.open({ jieba, vfs });
  second.provider.closeAll();
  expect((await second.call("query_json", query)).json_data).toBe('[{"n":1}]');
  const third = await TestAccess.open({ jieba });
  await third.exec("CREATE TABLE t(a)");
  third.fs.writeFile(path, file);
  expect((await third.call("query_json", query)).json_data).toBe('[{"n":1}]');
});

describe("a jieba that fails", () => {
  it("says so, and is replaced", async () => {
    const fts = await open();
    await fts.put("d1", "/a", "t", "我们去北京", "jieba");
    const trap = vi.spyOn(JiebaInstance.prototype, "cut").mockImplementation(() => {
      throw new Error("jieba tokenizer failed: out of memory");
    });
    const put = { index_name: "docs", id: "d2", file_path: "/b", content: "北京", tokenizer_mode: "jieba" };
    expect(await fts.db.fails("upsert_fts_document", put)).toBe(
      "upsert_fts_document failed: upsert_fts_document failed: jieba tokenizer failed: out of memory",
    );
    expect(await fts.db.fails("query_json", { sql: "SELECT * FROM docs WHERE docs MATCH '北京'" })).toMatch(
      /^sqlite .* failed: jieba tokenizer failed: out of memory$/,
    );
    trap.mockRestore();
    expect((await fts.search("北京", "jieba")).total).toBe(1);
  });

  it("takes words that natively make no sense", async () => {
    const fts = await open();
    await fts.db.exec("INSERT INTO _vulcan_dict(word, weight) VALUES(NULL, 1), ('', 1), ('京城', 1e15), ('京', 'x')");
    expect(await tokens(fts.db, "我们去北京城", "jieba")).toContain("京城");
    const heavy = await fts.db.call("upsert_custom_word", '{"word":"去北京","weight":1e19}');
    expect(heavy).toMatchObject({ weight: 1 });
  });

  it("is not taken for a failure of SQLite", () => {
    const instance = new JiebaInstance(jieba);
    expect(() => instance.addWord("", 1)).toThrow(/^jieba tokenizer failed, it needs about 64 MB/);
    expect(instance.isDead).toBe(true);
  });
});
