import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EngineOptions } from "../../contract/contract.ts";
import { OpfsFiles } from "../../sqlite/files/opfs-files.ts";
import { FakeDisk } from "../../testing/fake-opfs.ts";
import { failure, skill, testEngine } from "../../testing/test-engine.ts";
import { MemoryBackend } from "../../vfs/backends/memory.ts";
import { TreeStore } from "../../vfs/tree-store.ts";

const files = skill(
  "notes",
  {
    add: `return function(args)
      vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS log(text)" })
      vulcan.sqlite.execute_script({ sql = "INSERT INTO log VALUES(?1)", params = { args.text } })
      return vulcan.sqlite.query_json({ sql = "SELECT count(*) AS n FROM log" }).json_data
    end`,
    where: "return function() return vulcan.sqlite.status().persistence end",
    version: "return function() return vulcan.sqlite.status().library_version end",
  },
  "sqlite: { enable: true }\n",
);
const options: EngineOptions = { sqlite: { storage: "opfs" } };
let disk: FakeDisk;

beforeEach(() => {
  disk = new FakeDisk();
  disk.install();
});
afterEach(FakeDisk.uninstall);

const openFiles = () => OpfsFiles.open({ name: "store", maxBytes: 0 });

describe("sqlite.storage", () => {
  it("opfs fails the start where there is none, and is no third word", async () => {
    const none = await failure(testEngine({ options }));
    expect(none.code).toBe("storage_unavailable");
    expect(none.message).toContain("this engine runs in node; leave the option out");
    const unknown = { sqlite: { storage: "disk" } } as unknown as EngineOptions;
    const error = await failure(testEngine({ options: unknown }));
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toBe('sqlite.storage must be "vfs" or "opfs", got "disk"');
  });

  it("is what the capabilities and the skill's status say", async () => {
    const tree = await testEngine({ files });
    expect(tree.engine.capabilities.sqliteStorage).toBe("vfs");
    expect(await tree.call("notes-where")).toBe("memory");
    const { engine, call, store } = await testEngine({
      files,
      options,
      platform: { databaseFiles: await openFiles() },
    });
    expect(engine.capabilities.sqliteStorage).toBe("opfs");
    expect(await call("notes-where")).toBe("opfs");
    expect(store.fs.stat("/runtime/databases")).toBeUndefined();
    await engine.close();
  });

  it("gives the files back when the engine closes, or does not start", async () => {
    for (const roots of [undefined, [{ name: "NOBODY", skills_dir: "/runtime/skills" }]]) {
      const databaseFiles = await openFiles();
      await databaseFiles.reserve("/runtime/databases/sqlite/notes/notes.sqlite3");
      const start = testEngine({
        files,
        options: { ...options, ...(roots ? { roots } : {}) },
        platform: { databaseFiles },
      });
      if (roots) expect((await failure(start)).code).toBe("invalid_argument");
      else await (await start).engine.close();
      expect(databaseFiles.isReserved("/runtime/databases/sqlite/notes/notes.sqlite3")).toBe(false);
    }
  });

  it("a reload opens the database again", async () => {
    const { engine, call } = await testEngine({ files, options, platform: { databaseFiles: await openFiles() } });
    expect(await call("notes-add", { text: "a" })).toBe('[{"n":1}]');
    await engine.request({ op: "skills.reload" });
    expect(await call("notes-add", { text: "b" })).toBe('[{"n":2}]');
    await engine.close();
  });
});

describe("a database from before", () => {
  it("does not load SQLite before a skill that has one runs, and is there for its first word", async () => {
    const store = await TreeStore.open(new MemoryBackend());
    const first = await testEngine({ files, store });
    expect(await first.call("notes-add", { text: "a" })).toBe('[{"n":1}]');
    for (const isolation of ["skill", "shared"] as const) {
      const next = await testEngine({ files, store, options: { isolation } });
      expect(next.engine.memory().databases).toBe(0);
      expect(await next.call("notes-version")).toMatch(/^wasm-3\.\d+/);
      expect(next.engine.memory().databases).toBeGreaterThan(0);
    }
  });

  it("is opened at once when a crash may have left something of it, or when it is none", async () => {
    const path = "/runtime/databases/sqlite/notes/notes.sqlite3";
    const crashed = await testEngine({ files });
    await crashed.call("notes-add", { text: "a" });
    crashed.store.fs.writeFile(`${path}-journal`, new Uint8Array());
    const after = await testEngine({ files, store: crashed.store });
    expect(after.engine.memory().databases).toBeGreaterThan(0);
    crashed.store.fs.writeFile(path, new TextEncoder().encode("no database, and longer than a header"));
    const broken = await testEngine({ files, store: crashed.store });
    expect(
      broken.engine
        .snapshot()
        .problems.map(({ message }) => message)
        .join(),
    ).toMatch(/file is not a database/);
  });
});

describe("uninstalling with the database in OPFS", () => {
  it("removes it at the next start when it was cut off after its commit", async () => {
    const backend = new MemoryBackend();
    const never = new Promise<void>(() => {});
    let reached: () => void = () => {};
    const atStep = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const { engine, call, store } = await testEngine({
      files,
      options,
      store: await TreeStore.open(backend),
      platform: {
        databaseFiles: await openFiles(),
        lifecycleStep: (step) => {
          if (step !== "dependencies-removed") return undefined;
          reached();
          return never;
        },
      },
    });
    await call("notes-add", { text: "a" });
    void engine.request({ op: "skills.uninstall", skillId: "notes", removeSqlite: true });
    await atStep;
    await store.commit();

    disk = disk.copy();
    disk.install();
    const next = await testEngine({
      options,
      files,
      store: await TreeStore.open(backend),
      platform: { databaseFiles: await openFiles() },
    });
    expect(await next.call("notes-add", { text: "of another life" })).toBe('[{"n":1}]');
    await next.engine.close();
  });
});
