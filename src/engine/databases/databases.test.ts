import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";
import type { EngineRequest } from "../../wire/ops.ts";

const both = "sqlite: { enable: true }\nlancedb: { enable: true }\n";
const demo = skill("demo", { fill: fillSource("ROOT") }, both);

function fillSource(text: string): string {
  return `return function()
  vulcan.sqlite.execute_script({ sql = "CREATE TABLE t(x); INSERT INTO t VALUES ('${text}')" })
  return "ok"
end`;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the databases of an engine", () => {
  it("a name means the loaded skill's database, a root another's", async () => {
    const user = Object.entries(skill("demo", { fill: fillSource("USER") }, both));
    const files = { ...demo, ...Object.fromEntries(user.map(([path, text]) => [`user/${path}`, text])) };
    const roots = [
      { name: "ROOT", skills_dir: "/runtime/skills" },
      { name: "USER", skills_dir: "/runtime/user/skills" },
    ];
    const { engine, call } = await testEngine({ files, options: { roots } });
    await call("demo-fill");
    await engine.request({ op: "skills.reload", roots: [{ name: "ROOT", skills_dir: "/runtime/user/skills" }] });
    await call("demo-fill");
    await engine.request({ op: "skills.reload", roots });
    const list = await engine.request({ op: "databases.list" });
    expect(list.filter(({ kind }) => kind === "sqlite").map(({ rootName, loaded }) => [rootName, loaded])).toEqual([
      ["ROOT", true],
      ["USER", false],
    ]);
    const asked = { op: "sqlite.query", skillId: "demo", sql: "SELECT x FROM t" } as const;
    expect((await engine.request(asked)).rows).toEqual([["ROOT"]]);
    expect((await engine.request({ ...asked, rootName: "user" })).rows).toEqual([["USER"]]);
    const { message } = await failure(engine.request({ ...asked, rootName: "PROJECT" }));
    expect(message).toMatch(/there is no SQLite database of a skill 'demo' in root 'PROJECT'/);
    await engine.close();
  });

  it.each<[string, EngineRequest, string, RegExp]>([
    ["a path for an id", { op: "sqlite.export", skillId: "../demo" }, "invalid_argument", /skillId must match/],
    ["an unknown skill", { op: "lancedb.tables", skillId: "other" }, "not_found", /no vector store of a skill 'other'/],
    [
      "a skill without the kind",
      { op: "sqlite.import", skillId: "plain", bytes: bytes("") },
      "not_found",
      /sqlite: \{ enable: true \}/,
    ],
    ["text for bytes", { op: "sqlite.import", skillId: "demo", bytes: "x" as never }, "invalid_argument", /Uint8Array/],
    ["no SQL", { op: "sqlite.query", skillId: "demo", sql: 1 as never }, "invalid_argument", /sql must be a string/],
    [
      "odd parameters",
      { op: "sqlite.query", skillId: "demo", sql: "", params: {} as never },
      "invalid_argument",
      /params must be/,
    ],
    [
      "odd limits",
      { op: "sqlite.query", skillId: "demo", sql: "", maxRows: -1 },
      "invalid_argument",
      /maxRows must be/,
    ],
    [
      "an archive without a manifest",
      { op: "lancedb.import", skillId: "demo", bytes: zipSync({}) },
      "invalid_database",
      /has no vector-store.json/,
    ],
    [
      "an archive of something else",
      { op: "lancedb.import", skillId: "demo", bytes: zipSync({ "vector-store.json": bytes('{"format":"x"}') }) },
      "invalid_database",
      /does not say "format"/,
    ],
    [
      "an archive of a later version",
      {
        op: "lancedb.import",
        skillId: "demo",
        bytes: zipSync({ "vector-store.json": bytes('{"format":"luaskills-vectors","version":2}') }),
      },
      "invalid_database",
      /of version 2/,
    ],
    [
      "an archive with a file too few",
      {
        op: "lancedb.import",
        skillId: "demo",
        bytes: zipSync({
          "vector-store.json": bytes('{"format":"luaskills-vectors","version":1,"files":["t.vectors"]}'),
        }),
      },
      "invalid_database",
      /'t.vectors' is named/,
    ],
  ])("refuses %s", async (_, request, code, message) => {
    const { engine } = await testEngine({ files: { ...demo, ...skill("plain", { run: "return function() end" }) } });
    const error = await failure(engine.request(request));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    await engine.close();
  });

  it("an import may come before the skill has kept anything", async () => {
    const { engine, call } = await testEngine({ files: demo });
    await call("demo-fill");
    const file = await engine.request({ op: "sqlite.export", skillId: "demo" });
    const fresh = await testEngine({ files: demo, options: { load: false } });
    await fresh.engine.request({ op: "sqlite.import", skillId: "demo", bytes: file });
    const query = { op: "sqlite.query", skillId: "demo", sql: "SELECT x FROM t" } as const;
    expect((await fresh.engine.request(query)).rows).toEqual([["ROOT"]]);
    const empty = await testEngine();
    const early = { op: "sqlite.import", skillId: "demo", bytes: file } as const;
    expect((await failure(empty.engine.request(early))).code).toBe("not_found");
    await empty.engine.request({ ...early, rootName: "ROOT" });
    expect((await empty.engine.request(query)).rows).toEqual([["ROOT"]]);
    await Promise.all([engine.close(), fresh.engine.close(), empty.engine.close()]);
  });

  it("those of a host callback are not the engine's to show", async () => {
    const { engine } = await testEngine({
      files: demo,
      options: { hostOptions: { sqlite_provider_mode: "host_callback" } },
      callbacks: { sqliteProvider: () => ({}) },
    });
    expect((await engine.request({ op: "databases.list" })).map(({ kind }) => kind)).toEqual(["lancedb"]);
    const error = await failure(engine.request({ op: "sqlite.tables", skillId: "demo" }));
    expect(error.code).toBe("capability_unavailable");
    await engine.close();
  });

  it("values are as long as the engine's limits allow, for skills and for the page", async () => {
    const query = "return function(args) return vulcan.sqlite.query_json({ sql = args.sql }).json_data end";
    const files = skill("demo", { query }, both);
    const { engine, call } = await testEngine({ files, options: { limits: { sqliteValueBytes: 2_000 } } });
    const longest = "SELECT length(hex(zeroblob(900))) AS n";
    const longer = "SELECT length(hex(zeroblob(1001))) AS n";
    expect(await call("demo-query", { sql: longest })).toBe('[{"n":1800}]');
    expect(await failure(call("demo-query", { sql: longer }))).toMatchObject({
      code: "lua_error",
      message: expect.stringContaining("string or blob too big (limits.sqliteValueBytes)"),
    });
    const asked = { op: "sqlite.query", skillId: "demo", sql: longer } as const;
    expect(await failure(engine.request(asked))).toMatchObject({
      code: "memory_exceeded",
      message: expect.stringContaining("limits.sqliteValueBytes"),
    });
    await engine.close();
  });

  it("a query without an end uses up the budget of its run, which is all that ends it where no clock runs", async () => {
    const query = "with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r";
    const files = skill(
      "demo",
      { loop: `return function() while true do pcall(vulcan.sqlite.query_json, { sql = "${query}" }) end end` },
      both,
    );
    const { call } = await testEngine({ files, options: { limits: { runInstructions: 5_000_000, runMs: 0 } } });
    expect(await failure(call("demo-loop"))).toMatchObject({ code: "budget_exceeded" });
  });

  it("bytes of an answer end at the engine's limits", async () => {
    const { engine } = await testEngine({ files: demo, options: { limits: { databaseQueryBytes: 1500 } } });
    const sql = "SELECT hex(zeroblob(450)) UNION ALL SELECT hex(zeroblob(450)) UNION ALL SELECT hex(zeroblob(450))";
    const { rows, truncated } = await engine.request({ op: "sqlite.query", skillId: "demo", sql });
    expect([truncated, rows.length > 0, rows.length < 3]).toEqual([true, true, true]);
    await engine.close();
  });

  it("what SQLite holds ends at the engine's limits", async () => {
    const { engine } = await testEngine({ files: demo, options: { limits: { sqliteMemoryBytes: 8 * 2 ** 20 } } });
    const sql = "SELECT length(hex(zeroblob(6000000)))";
    expect(await failure(engine.request({ op: "sqlite.query", skillId: "demo", sql }))).toMatchObject({
      code: "memory_exceeded",
      message: expect.stringContaining("limits.sqliteMemoryBytes"),
    });
    await engine.close();
  });

  it("rows of an answer end at the engine's limits", async () => {
    const { engine } = await testEngine({ files: demo, options: { limits: { databaseQueryRows: 2 } } });
    const sql = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3";
    const answer = await engine.request({ op: "sqlite.query", skillId: "demo", sql, maxRows: 50 });
    expect(answer).toMatchObject({ rows: [[1], [2]], truncated: true });
    await engine.close();
  });
});
