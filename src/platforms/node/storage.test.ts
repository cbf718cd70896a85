import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { strToU8, unzipSync, zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import type { Runtime, StorageProgress } from "../../contract/contract.ts";
import { createNodeRuntime, type NodeRuntimeOptions } from "./node.ts";

const folders: string[] = [];
const fresh = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "storage-"));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const manifest = `name: Notes
version: 1.0.0
entries:
  - { name: add, lua_entry: runtime/add.lua, lua_module: notes.add }
sqlite: { enable: true }
lancedb: { enable: true }
`;
const add = `return function(a)
  vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS n(t)" })
  vulcan.sqlite.execute_batch({ sql = "INSERT INTO n VALUES(?1)", items = { { a.text } } })
  pcall(vulcan.lancedb.create_table, { table_name = "v", columns = {
    { name = "id", column_type = "int64" }, { name = "x", column_type = "vector_float32", vector_dim = 2 } } })
  return tostring(#vulcan.sqlite.query_json({ sql = "SELECT t FROM n" }).json_data)
end`;

/** It does not compress, and is more than one step of a backup takes. */
const noise = new Uint8Array(randomBytes(1_200_000));

async function filled(options: NodeRuntimeOptions = {}): Promise<Runtime> {
  const runtime = await createNodeRuntime(options);
  const zip = zipSync({ "notes/skill.yaml": strToU8(manifest), "notes/runtime/add.lua": strToU8(add) });
  await runtime.skills.install({ zip, skillId: "notes" });
  await runtime.call("notes-add", { text: "kept" });
  await runtime.config.set("notes", "tone", "loud");
  await runtime.fs.write("/runtime/data/large.bin", noise);
  await runtime.fs.mkdir("/runtime/data/empty");
  return runtime;
}

describe("a backup", () => {
  it("brings a whole runtime back, in another kind of storage, with progress", { timeout: 60_000 }, async () => {
    const runtime = await filled();
    const told: StorageProgress[] = [];
    const backup = await runtime.backup({ onProgress: (progress) => told.push(progress) });
    expect(told.length).toBeGreaterThan(1);
    expect(told.at(-1)?.done).toBe(told.at(-1)?.total);
    const restored: number[] = [];
    const again = await createNodeRuntime({
      storage: { kind: "directory", path: fresh() },
      restore: { from: backup, onProgress: ({ done }) => restored.push(done) },
    });
    expect(restored.at(-1)).toBe(backup.size);
    expect(again.list().map(({ name }) => name)).toEqual(["notes-add"]);
    expect(await again.config.get("notes", "tone")).toBe("loud");
    // toEqual looks at the bytes one by one.
    expect(Buffer.compare(await again.fs.readBytes("/runtime/data/large.bin"), noise)).toBe(0);
    expect(await again.fs.list("/runtime/data")).toEqual(["empty", "large.bin"]);
    const rows = await again.databases.sqlite.query("notes", "SELECT t FROM n");
    expect(rows.rows).toEqual([["kept"]]);
    expect(await again.databases.lancedb.tables("notes")).toMatchObject([{ name: "v" }]);
    await again.call("notes-add", { text: "more" });
    expect(await again.check()).toMatchObject({ ok: true, problems: [], databases: 1, vectorStores: 1 });
    await again.close();
    await runtime.close();
  });

  it("is of one moment: calls wait for it, and it for them", async () => {
    const runtime = await filled();
    let writing: Promise<void> | undefined;
    let written = false;
    const backup = await runtime.backup({
      onProgress: () => {
        writing ??= runtime.fs.write("/runtime/data/later", "x").then(() => {
          written = true;
        });
        expect(written).toBe(false);
      },
    });
    const names = Object.keys(unzipSync(new Uint8Array(await backup.arrayBuffer())));
    await writing;
    expect(names).not.toContain("files/data/later");
    expect(await runtime.fs.readText("/runtime/data/later")).toBe("x");
    await runtime.close();
  });

  it("that is stopped lets the runtime go on", async () => {
    const runtime = await filled();
    const abort = new AbortController();
    const stopped = runtime.backup({ signal: abort.signal, onProgress: () => abort.abort() });
    await expect(stopped).rejects.toMatchObject({ code: "aborted" });
    await runtime.fs.write("/runtime/data/after", "x");
    await runtime.close();
  });
});

describe("a restore", () => {
  const whole = async (): Promise<Uint8Array> => {
    const runtime = await filled();
    const backup = await runtime.backup();
    await runtime.close();
    return new Uint8Array(await backup.arrayBuffer());
  };

  it("is all or nothing", async () => {
    const backup = await whole();
    const damaged = unzipSync(backup);
    const large = damaged["files/data/large.bin"] as Uint8Array;
    large[1000] = 255 - (large[1000] as number);
    const cases: Array<[Uint8Array, string]> = [
      [backup.subarray(0, backup.length >> 1), "cut short"],
      [zipSync(damaged, { level: 1 }), "files/data/large.bin"],
      [zipSync({ "skill.yaml": strToU8("name: x") }), "backup.json"],
      [zipSync({ "backup.json": strToU8('{"format":"luaskills-backup","version":2}') }), "version 2"],
      [
        zipSync({ "backup.json": strToU8('{"format":"luaskills-backup","version":1}'), "files/../../x": strToU8("x") }),
        "files/../../x",
      ],
      [strToU8("no zip at all"), "cut short"],
    ];
    for (const [bytes, why] of cases) {
      const folder = fresh();
      const storage = { kind: "directory", path: folder } as const;
      const error = await createNodeRuntime({ storage, restore: bytes }).catch((thrown: unknown) => thrown);
      expect(error, why).toMatchObject({ code: "invalid_archive" });
      const runtime = await createNodeRuntime({ storage, restore: backup });
      expect(await runtime.fs.readText("/runtime/skills/notes/skill.yaml")).toBe(manifest);
      await runtime.close();
    }
  });

  it("needs an empty store, and takes a stream", async () => {
    const backup = await whole();
    const storage = { kind: "directory", path: fresh() } as const;
    const runtime = await createNodeRuntime({
      storage,
      restore: new Blob([backup as Uint8Array<ArrayBuffer>]).stream(),
    });
    expect(runtime.list()).toHaveLength(1);
    await runtime.close();
    await expect(createNodeRuntime({ storage, restore: backup })).rejects.toMatchObject({ code: "conflict" });
    await expect(createNodeRuntime({ restore: "x" as never })).rejects.toMatchObject({ code: "invalid_argument" });
  });

  it("that was cut off is cleared by the next start", async () => {
    const folder = fresh();
    const storage = { kind: "directory", path: folder } as const;
    const first = await createNodeRuntime({ storage });
    await first.fs.write("/runtime/state/restore-in-progress", "");
    await first.fs.write("/runtime/data/half", "x");
    await first.close();
    const runtime = await createNodeRuntime({ storage });
    expect(await runtime.fs.stat("/runtime/data/half")).toBeUndefined();
    await runtime.close();
  });
});

describe("a check", () => {
  it("names what is damaged: a database, a vector store", async () => {
    const folder = fresh();
    const runtime = await filled({ storage: { kind: "directory", path: folder } });
    expect(await runtime.check()).toMatchObject({ ok: true, kind: "directory", databases: 1, vectorStores: 1 });
    await runtime.close();
    const file = path.join(folder, "databases/sqlite/notes/notes.sqlite3");
    const bytes = readFileSync(file);
    bytes.fill(0xff, 100, 200);
    writeFileSync(file, bytes);
    const again = await createNodeRuntime({ storage: { kind: "directory", path: folder } });
    const report = await again.check();
    expect(report).toMatchObject({ ok: false, problems: [{ kind: "sqlite" }] });
    expect(report.problems[0]?.path).toBe("/runtime/databases/sqlite/notes/notes.sqlite3");
    await again.close();
  });
});
