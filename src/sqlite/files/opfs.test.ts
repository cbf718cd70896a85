import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeDisk } from "../../testing/fake-opfs.ts";
import { databasePath, TestAccess } from "../../testing/sqlite-access.ts";
import { MemoryTree } from "../../vfs/memory-tree.ts";
import { imageOf } from "./file-storage.ts";
import { OpfsFiles } from "./opfs-files.ts";

const file = databasePath("db");
let disk: FakeDisk;

beforeEach(() => {
  disk = new FakeDisk();
  disk.install();
});
afterEach(FakeDisk.uninstall);

const open = (maxBytes = 0) => OpfsFiles.open({ name: "store", maxBytes });

/** What a process would find that starts now. */
async function elsewhere<T>(look: (files: OpfsFiles) => Promise<T>): Promise<T> {
  const mine = disk;
  disk = mine.copy();
  disk.install();
  const files = await open();
  try {
    return await look(files);
  } finally {
    files.close();
    disk = mine;
    disk.install();
  }
}

async function image(...values: string[]): Promise<Uint8Array> {
  const db = await TestAccess.open();
  await db.exec("CREATE TABLE t(a)");
  await db.exec(`INSERT INTO t SELECT value FROM json_each('${JSON.stringify(values)}')`);
  db.provider.closeAll();
  return db.fs.readFile(file);
}

const rowsOf = async (files: OpfsFiles) => {
  const db = await TestAccess.open({ files });
  expect(await db.query("PRAGMA integrity_check")).toBe('[{"integrity_check":"ok"}]');
  const rows = await db.query("SELECT a FROM t");
  db.provider.closeAll();
  return rows;
};

describe("a database in OPFS", () => {
  it("is a file there under its own name, and none in the tree", async () => {
    const files = await open();
    const db = await TestAccess.open({ files });
    await db.exec("CREATE TABLE t(a); INSERT INTO t VALUES('kept')");
    expect(db.fs.stat("/runtime")).toBeUndefined();
    const { root } = disk;
    let directory = root;
    for (const name of ["luaskills-sqlite", "store-store", "runtime", "databases", "sqlite", "db"]) {
      directory = await directory.getDirectoryHandle(name);
    }
    expect([...directory.children.keys()]).toEqual(["db.sqlite3", "db.sqlite3-journal", "db.sqlite3-wal"]);
    db.provider.closeAll();
    files.close();
    const again = await open();
    expect(await rowsOf(again)).toBe('[{"a":"kept"}]');
    again.close();
  });

  it("recovers wherever the writing stopped", async () => {
    const files = await open();
    const db = await TestAccess.open({ files, cacheKib: 40 });
    await db.exec("CREATE TABLE t(a, b)");
    await db.exec(
      "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300) INSERT INTO t SELECT n, hex(randomblob(100)) FROM c",
    );
    const states: FakeDisk[] = [];
    let changes = 0;
    disk.beforeChange = () => {
      if (changes++ % 12 === 0) states.push(disk.copy());
    };
    await db.exec("BEGIN; UPDATE t SET b = hex(randomblob(90)); DELETE FROM t WHERE a > 250; COMMIT");
    disk.beforeChange = () => {};
    expect(states.length).toBeGreaterThan(5);
    const counts = new Set<string>();
    for (const state of states) {
      state.install();
      const after = await TestAccess.open({ files: await open() });
      expect(await after.query("PRAGMA integrity_check")).toBe('[{"integrity_check":"ok"}]');
      counts.add(await after.query("SELECT count(*) AS n, sum(length(b)) AS l FROM t"));
    }
    expect([...counts]).toEqual(['[{"l":60000,"n":300}]']);
  });

  it("may be put into WAL mode, as in the tree, and is taken out of it with the next call", async () => {
    const db = await TestAccess.open({ files: await open() });
    await db.exec(
      "CREATE TABLE t(a); PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; INSERT INTO t VALUES(1)",
    );
    expect(await db.query("SELECT a FROM t")).toBe('[{"a":1}]');
    expect(await db.query("PRAGMA journal_mode")).toBe('[{"journal_mode":"delete"}]');
  });

  it("may attach a file of the tree, but not write to both in one transaction", async () => {
    const db = await TestAccess.open({ files: await open() });
    await db.exec("CREATE TABLE t(a); INSERT INTO t VALUES('copied')");
    await db.exec("ATTACH '/other.db' AS o; CREATE TABLE o.t AS SELECT a FROM main.t");
    expect(db.fs.stat("/other.db")?.kind).toBe("file");
    const both = "ATTACH '/other.db' AS o; BEGIN; INSERT INTO main.t VALUES(2); INSERT INTO o.t VALUES(2); COMMIT";
    expect(await db.fails("execute_script", { sql: both })).toContain("unable to open database file");
    expect(await db.query("SELECT a FROM t")).toBe('[{"a":"copied"}]');
    expect(await db.query("PRAGMA integrity_check")).toBe('[{"integrity_check":"ok"}]');
  });

  it("stops growing at the limit of all files", async () => {
    const db = await TestAccess.open({ files: await open(200_000) });
    await db.exec("CREATE TABLE t(a)");
    expect(await db.fails("execute_script", { sql: "INSERT INTO t VALUES(zeroblob(250000))" })).toContain(
      "database or disk is full",
    );
    await db.exec("INSERT INTO t VALUES('small')");
    expect(await db.query("SELECT a FROM t")).toBe('[{"a":"small"}]');
  });

  it("vacuums and sorts more than SQLite may hold in memory", async () => {
    const run = async (options: Parameters<typeof TestAccess.open>[0]) => {
      const db = await TestAccess.open({ ...options, cacheKib: 400, maxMemoryBytes: 6 * 2 ** 20 });
      await db.exec(
        "CREATE TABLE t(a); WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000) INSERT INTO t SELECT hex(randomblob(1000)) FROM c",
      );
      return [
        await db.fails("execute_script", { sql: "VACUUM" }),
        await db.fails("execute_script", { sql: "CREATE INDEX i ON t(a)" }),
      ];
    };
    expect(await run({ files: await open() })).toEqual(["did not fail", "did not fail"]);
    expect((await run({})).join()).toContain("out of memory");
  });

  it("waits for a worker that is on its way out", async () => {
    disk.held.add("db.sqlite3-journal");
    setTimeout(() => disk.held.clear(), 100);
    const db = await TestAccess.open({ files: await open() });
    expect(await db.query("SELECT 1 AS a")).toBe('[{"a":1}]');
  });

  it("is gone after a drop, and made anew by the next call", async () => {
    const files = await open();
    const db = await TestAccess.open({ files });
    await db.exec("CREATE TABLE t(a)");
    db.provider.closeAll();
    expect(await files.drop("/runtime/databases/sqlite/other")).toBe(false);
    expect(await files.drop("/runtime/databases/sqlite/db")).toBe(true);
    expect(await db.query("SELECT count(*) AS n FROM sqlite_schema WHERE name = 't'")).toBe('[{"n":0}]');
  });

  it("that lies in the tree moves once", async () => {
    const tree = new MemoryTree();
    tree.mkdir("/runtime/databases/sqlite/db", { recursive: true });
    tree.writeFile(file, await image("from the tree"));
    const files = await open();
    const db = await TestAccess.open({ vfs: tree, files });
    expect(await db.query("SELECT a FROM t")).toBe('[{"a":"from the tree"}]');
    expect(tree.stat(file)).toBeUndefined();
    tree.writeFile(file, await image("late"));
    const later = await TestAccess.open({ vfs: tree, files });
    expect(await later.query("SELECT a FROM t")).toBe('[{"a":"from the tree"}]');
  });

  it("is refused when what lies in the tree is not whole, and that stays there", async () => {
    for (const [beside, content, text] of [
      ["", new Uint8Array(600), /not a database/],
      ["-journal", new Uint8Array(10), /was not closed/],
    ] as const) {
      disk = new FakeDisk();
      disk.install();
      const tree = new MemoryTree();
      tree.mkdir("/runtime/databases/sqlite/db", { recursive: true });
      tree.writeFile(file, await image("a"));
      tree.writeFile(file + beside, content);
      await expect(TestAccess.open({ vfs: tree, files: await open() })).rejects.toThrow(text);
      expect(tree.stat(file)?.kind).toBe("file");
    }
  });
});

describe("export and import", () => {
  it("give and take the same bytes, in both storages", async () => {
    const bytes = await image("a", "b");
    const files = await open();
    await files.importImage(file, imageOf(bytes));
    expect(await files.exportBytes(file)).toEqual(bytes);
    expect(await rowsOf(files)).toBe('[{"a":"a"},{"a":"b"}]');
  });

  it("leave the old database or the new one, wherever an import stopped", async () => {
    const [before, after] = [
      await image("before"),
      await image(...Array.from({ length: 900 }, (_, i) => `after ${i}${" ".repeat(2000)}`)),
    ];
    const files = await open();
    await files.importImage(file, imageOf(before));
    const found: number[] = [];
    const states: FakeDisk[] = [];
    disk.beforeChange = () => states.push(disk.copy());
    await files.importImage(file, imageOf(after));
    disk.beforeChange = () => {};
    for (const state of states) {
      disk = state;
      found.push((await elsewhere(rowsOf)).length);
    }
    expect(states.length).toBeGreaterThan(6);
    expect(new Set(found).size).toBe(2);
    expect([...found].sort((a, b) => a - b)).toEqual(found);
  });
});

it("says why there is none, where there is none", async () => {
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: {} });
  await expect(open()).rejects.toMatchObject({ code: "storage_unavailable", message: expect.stringContaining("vfs") });
});
