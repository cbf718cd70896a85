import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { databasePath, TestAccess } from "../testing/sqlite-access.ts";
import { openDirectoryStore } from "../vfs/backends/directory-store.ts";
import type { Vfs, VfsFile } from "../vfs/interface.ts";
import { MemoryTree } from "../vfs/memory-tree.ts";

const directory = path.posix.dirname(databasePath("db"));

/** A filesystem that shows its database directory before every write to any file in it. */
function watched(tree: MemoryTree, look: (files: Map<string, Uint8Array>) => void): Vfs {
  const seen = (file: VfsFile): VfsFile => ({
    get size() {
      return file.size;
    },
    readAt: (target, offset) => file.readAt(target, offset),
    writeAt(source, offset) {
      look(new Map(tree.list(directory).map((name) => [name, tree.readFile(`${directory}/${name}`)])));
      file.writeAt(source, offset);
    },
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  });
  return {
    stat: (at) => tree.stat(at),
    list: (...args) => tree.list(...args),
    readFile: (...args) => tree.readFile(...args),
    writeFile: (...args) => tree.writeFile(...args),
    mkdir: (...args) => tree.mkdir(...args),
    remove: (...args) => tree.remove(...args),
    rename: (...args) => tree.rename(...args),
    open: (...args) => seen(tree.open(...args)),
  };
}

it("leaves a database that recovers, wherever the writing stopped", async () => {
  const states: Array<Map<string, Uint8Array>> = [];
  let watching = false;
  // A cache of a few pages: the transaction reaches the file long before it is committed.
  const db = await TestAccess.open({
    vfs: watched(new MemoryTree(), (files) => watching && states.push(files)),
    cacheKib: 40,
  });
  await db.exec("CREATE TABLE t(a, b); CREATE INDEX i ON t(b)");
  await db.exec(
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300) INSERT INTO t SELECT n, hex(randomblob(100)) FROM c",
  );
  watching = true;
  await db.exec("BEGIN; UPDATE t SET b = hex(randomblob(90)); DELETE FROM t WHERE a > 250; COMMIT");
  watching = false;
  expect(states.length).toBeGreaterThan(40);
  expect(states.some((files) => [...files.keys()].some((name) => name.endsWith("-journal")))).toBe(true);

  const counts = new Set<string>();
  for (const files of states.filter((_, i) => i % 12 === 0)) {
    const tree = new MemoryTree();
    tree.mkdir(directory, { recursive: true });
    for (const [name, content] of files) tree.writeFile(`${directory}/${name}`, content);
    const after = await TestAccess.open({ vfs: tree });
    expect(await after.query("PRAGMA integrity_check")).toBe('[{"integrity_check":"ok"}]');
    counts.add(await after.query("SELECT count(*) AS n, sum(length(b)) AS l FROM t"));
  }
  // Before the journal is gone, nothing of the transaction has happened.
  expect([...counts]).toEqual(['[{"l":60000,"n":300}]']);
});

it("works on a real directory, and leaves nothing but the database there", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "luaskills-sqlite-"));
  try {
    const store = await openDirectoryStore(folder);
    const db = await TestAccess.open({ vfs: store.fs });
    await db.exec("CREATE TABLE t(a); INSERT INTO t VALUES('kept')");
    db.provider.closeAll();
    await store.close();
    expect(fs.readdirSync(path.join(folder, "databases/sqlite/db"))).toEqual(["db.sqlite3"]);
    const again = await openDirectoryStore(folder);
    const after = await TestAccess.open({ vfs: again.fs });
    expect(await after.query("SELECT a FROM t")).toBe('[{"a":"kept"}]');
    await again.close();
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
