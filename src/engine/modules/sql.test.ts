import { expect, it } from "vitest";
import { moduleWorld } from "../../testing/module-world.ts";
import { failure } from "../../testing/test-engine.ts";

const options = {
  moduleOptions: { sql: { "app.db:main": { path: "/runtime/data/main.sqlite3" } }, queue: { go: {}, back: {} } },
};
const head = `local sql = require("sql") local db, b = sql.get("app.db:main"), sql.builder `;

it("queries, changes, values of every type, and what is wrong", async () => {
  const { lua, engine } = await moduleWorld(["sql"], options);
  expect(
    await lua(`${head}
      local _, empty = sql.get("") local _, unknown = sql.get("nowhere")
      db:execute("CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, f REAL, s TEXT UNIQUE, x BLOB)")
      local r = db:execute("INSERT INTO t (i, f, s, x) VALUES (?, ?, ?, ?)", { sql.as.int(42.9), sql.as.float(3), "a", sql.as.binary("\\0\\255") })
      db:execute("INSERT INTO t (i, s) VALUES (?, ?)", { sql.NULL, sql.as.text("b") })
      local rows = db:query("SELECT i, f, s, x FROM t ORDER BY id")
      local _, dup = db:execute("INSERT INTO t (s) VALUES ('a')") local _, syntax = db:query("INVALID SQL") local _, count = db:query("SELECT ?")
      local _, two = db:query("SELECT 1; SELECT 2") local _, begin = db:execute("BEGIN") local _, attach = db:execute("ATTACH '/runtime/other.db' AS o")
      local after = db:query("SELECT count(*) AS n FROM t")[1].n
      return { empty:kind(), unknown:kind(), r.rows_affected, r.last_insert_id, rows[1].i, math.type(rows[1].i), rows[1].f, rows[1].s, #rows[1].x, rows[2].i == nil,
        dup:kind(), syntax:kind(), count:kind(), two:kind(), begin:kind(), attach ~= nil, after, db:type(), tostring(db), tostring(sql.NULL), db:release(), select(2, db:query("SELECT 1")):kind() }`),
  ).toEqual([
    "Invalid", "NotFound", 1, 1, 42, "integer", 3, "a", 2, true, "AlreadyExists", "Invalid", "Invalid", "Invalid", "Invalid", true, 2,
    "sqlite", "sql.DB{}", "NULL", true, "Invalid",
  ]); // biome-ignore format: a row of results
  await engine.close();
});

it("transactions: commit, rollback, savepoints, read only, and one at a time", async () => {
  const { engine, ...world } = await moduleWorld(["sql", "queue"], options);
  const lua = (code: string, run = { modules: ["sql"] }) => world.lua(code, run);
  expect(
    await lua(`${head}
      db:execute("CREATE TABLE t (s TEXT)") local function n() return db:query("SELECT count(*) AS n FROM t")[1].n end
      local tx = db:begin({ isolation = sql.isolation.SERIALIZABLE }) tx:execute("INSERT INTO t VALUES ('a')") local _, outside = db:query("SELECT 1") local _, nested = db:begin()
      tx:savepoint("sp1") tx:execute("INSERT INTO t VALUES ('b')") tx:rollback_to("sp1") tx:release("sp1") local _, bad = tx:savepoint("no good")
      local c, over = tx:commit(), select(2, tx:commit()) local one = n()
      local back = db:begin() back:execute("DELETE FROM t") local rolled = back:rollback() local still = n()
      local ro = db:begin({ read_only = true }) local read = #ro:query("SELECT * FROM t") local _, denied = ro:execute("DELETE FROM t") ro:rollback()
      local written = db:execute("INSERT INTO t VALUES ('c')").rows_affected
      return { outside:kind(), nested:kind(), bad:kind(), c, over:kind(), select(2, tx:query("SELECT 1")):kind(), one, rolled, still, read, denied:kind(), written, db:stats().in_use, tx:db_type() }`),
  ).toEqual([
    "Invalid",
    "Invalid",
    "Invalid",
    true,
    "Invalid",
    "Invalid",
    1,
    true,
    1,
    1,
    "PermissionDenied",
    1,
    0,
    "sqlite",
  ]);
  // A run that ends with its transaction open leaves nothing of it, and holds nobody up.
  await lua(`${head} local tx = db:begin() tx:execute("DELETE FROM t") return 1`);
  expect(await lua(`${head} return db:query("SELECT count(*) AS n FROM t")[1].n`)).toBe(2);
  // Another run waits until the transaction of the first is over, and sees nothing of what it took back.
  const both = { modules: ["sql", "queue"] };
  const first = lua(
    `${head} local queue = require("queue") local tx = db:begin() tx:execute("INSERT INTO t VALUES ('d')") queue.publish("go", 1) queue.receive("back") tx:rollback() return 1`,
    both,
  );
  const second = lua(
    `${head} local queue = require("queue") queue.receive("go") queue.publish("back", 1) return db:query("SELECT count(*) AS n FROM t")[1].n`,
    both,
  );
  expect(await Promise.all([first, second])).toEqual([1, 2]);
  await engine.close();
});

it("statements that are prepared", async () => {
  const { lua, engine } = await moduleWorld(["sql"], options);
  expect(
    await lua(`${head} db:execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)")
      local ins = db:prepare("INSERT INTO t (v) VALUES (?)") ins:execute({ 1 }) local last = ins:execute({ 2 }).last_insert_id
      local sel = db:prepare("SELECT v FROM t WHERE v > ?") local a, none = #sel:query({ 0 }), #sel:query({ 9 })
      local _, wrong = db:prepare("SELEC 1") local ok, twice = ins:close(), select(2, ins:close()) local _, closed = ins:execute({ 3 })
      local tx = db:begin() local st = tx:prepare("INSERT INTO t (v) VALUES (?)") st:execute({ 7 }) tx:commit()
      return { last, a, none, wrong:kind(), ok, twice:kind(), closed:kind(), db:query("SELECT count(*) AS n FROM t")[1].n }`),
  ).toEqual([2, 2, 0, "Invalid", true, "Invalid", "Invalid", 3]);
  await engine.close();
});

it("the builder: every kind of query, its text and its values", async () => {
  const { lua, engine } = await moduleWorld(["sql"], options);
  expect(
    await lua(`${head} local function shown(q) local s, args = q:to_sql() return { s, #args } end
      local base = b.select("name", "value"):from("t"):where({ active = 1 })
      return { shown(b.select("a"):distinct():from("t"):where({ active = 1, kind = { "x", "y" } }):group_by("a"):having("COUNT(*) >= ?", 1):order_by("a ASC", "b"):limit(10):offset(0):suffix("FOR UPDATE")),
        shown(b.select():from("u"):left_join("o ON o.id = u.id AND o.x = ?", 5):where("a = ? OR b = ?", 1, 2):where(b.gt({ c = 3 }))),
        shown(base:where({ x = sql.NULL })), shown(base), shown(b.select("x"):from("t"):where({ id = 1, name = "n" }):placeholder_format(b.dollar)),
        shown(b.insert("t"):columns("a", "b"):values(1, sql.NULL):values(2, "x"):suffix("RETURNING id")), shown(b.insert("t"):options("OR IGNORE"):set_map({ b = 2, a = 1 })),
        shown(b.insert("t"):columns("a"):select(base)), shown(b.update("t"):set("a", 1):set("b", b.expr("b + ?", 2)):where({ id = 3 }):limit(1)),
        shown(b.update("t"):set_map({ a = 1 }):from_select(base, "s"):where("t.a = s.value")), shown(b.delete("t"):where(b.or_({ { a = 1 }, b.and_({ b.lt({ b = 2 }), b.not_like({ c = "z%" }) }) })):order_by("a")),
        shown(b.eq({})), shown(b.eq({ a = {} })), shown(b.not_eq({ a = sql.NULL })), tostring(b.select("id"):from("t")), shown(b.select("x"):from("t"):where({ id = 1 }):placeholder_format(b.at)) }`),
  ).toEqual([
    [
      "SELECT DISTINCT a FROM t WHERE active = ? AND kind IN (?,?) GROUP BY a HAVING COUNT(*) >= ? ORDER BY a ASC, b LIMIT 10 OFFSET 0 FOR UPDATE",
      4,
    ],
    ["SELECT * FROM u LEFT JOIN o ON o.id = u.id AND o.x = ? WHERE (a = ? OR b = ?) AND c > ?", 4],
    ["SELECT name, value FROM t WHERE active = ? AND x IS NULL", 1],
    ["SELECT name, value FROM t WHERE active = ?", 1],
    ["SELECT x FROM t WHERE id = $1 AND name = $2", 2],
    ["INSERT INTO t (a,b) VALUES (?,?),(?,?) RETURNING id", 4],
    ["INSERT OR IGNORE INTO t (a,b) VALUES (?,?)", 2],
    ["INSERT INTO t (a) SELECT name, value FROM t WHERE active = ?", 1],
    ["UPDATE t SET a = ?, b = b + ? WHERE id = ? LIMIT 1", 3],
    ["UPDATE t SET a = ? FROM (SELECT name, value FROM t WHERE active = ?) AS s WHERE t.a = s.value", 2],
    ["DELETE FROM t WHERE (a = ? OR (b < ? AND c NOT LIKE ?)) ORDER BY a", 3],
    ["(1=1)", 0],
    ["(1=0)", 0],
    ["a IS NOT NULL", 0],
    "SELECT id FROM t",
    ["SELECT x FROM t WHERE id = @p1", 1],
  ]);
  expect(
    await lua(`${head} db:execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, score REAL)")
      local made = b.insert("t"):columns("name", "score"):values("ada", 9.5):values("bob", sql.NULL):run_with(db):exec()
      local best = b.select("name"):from("t"):where(b.gte({ score = 9 })):run_with(db):query()
      local tx = db:begin() local gone = b.delete("t"):where({ name = "bob" }):run_with(tx):exec().rows_affected tx:commit()
      local _, bad = pcall(function() return b.select("x"):run_with("nothing") end) local ex = b.select("1 AS one"):run_with(db)
      return { made.rows_affected, best[1].name, gone, ex:query()[1].one, (ex:to_sql()) }`),
  ).toEqual([2, "ada", 1, 1, "SELECT 1 AS one"]);
  await engine.close();
});

it("a permission is asked for, and the database of a skill is out of reach", async () => {
  const { lua, engine } = await moduleWorld(["sql"], {
    ...options,
    security: {
      actor: { id: "a" },
      policies: [{ id: "n", actions: ["db.get"], resources: ["other"], effect: "allow" }],
    },
  });
  expect(
    await lua(`local db, err = require("sql").get("app.db:main") return { db == nil, err:kind(), tostring(err) }`),
  ).toEqual([true, "PermissionDenied", "not allowed: app.db:main"]);
  const error = await failure(lua(`return require("sql")`, { kind: "eval" }));
  expect(error.message).toContain('module "sql" has forbidden class "storage"');
  await engine.close();
});
