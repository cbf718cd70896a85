import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeDisk } from "../../testing/fake-opfs.ts";
import { freshIndexedDb } from "../../testing/fresh-indexeddb.ts";
import type { StoreDamage, VfsStore } from "../interface.ts";
import { openStore } from "../open-store.ts";
import { IndexedDbBackend } from "./indexeddb.ts";

let disk: FakeDisk;
beforeEach(() => {
  freshIndexedDb();
  disk = new FakeDisk();
  disk.install();
});
afterEach(() => FakeDisk.uninstall());

const storage = { kind: "indexeddb", name: "kept" } as const;
const open = (salvage = false): Promise<VfsStore> => openStore({ ...storage, salvage }, { lockHeld: true });
const good = new Uint8Array(1000).fill(1);
const bad = new Uint8Array(1000).fill(2);

/** Two commits of one file each. */
async function fill(): Promise<void> {
  const store = await open();
  store.fs.writeFile("/runtime/good", good);
  await store.commit();
  store.fs.writeFile("/runtime/bad", bad);
  await store.close();
}

type Folder = FakeDisk["root"];
type File = Awaited<ReturnType<Folder["getFileHandle"]>>;

/** The file with commits of the second copy. */
async function copyFile(): Promise<File> {
  const folder = await (await disk.root.getDirectoryHandle("luaskills-log")).getDirectoryHandle("checkpoint-kept");
  const name = [...folder.children.keys()].find((each) => each.startsWith("log-")) ?? "";
  return folder.getFileHandle(name);
}

/** Where the content of the second file begins. */
const badAt = ({ bytes }: File): number => bytes.findIndex((_, i) => bytes.subarray(i, i + 900).every((b) => b === 2));

async function damages(store: VfsStore): Promise<StoreDamage[]> {
  const steps = store.verify?.();
  for (let step = await steps?.next(); step; step = await steps?.next()) if (step.done) return step.value;
  return [];
}

describe("a store in IndexedDB whose second copy is damaged", () => {
  it("opens while its database is there, and has a whole copy then", async () => {
    await fill();
    (await copyFile()).bytes.fill(0, 64, 70);
    const store = await open();
    expect(store.fs.readFile("/runtime/bad")).toEqual(bad);
    await store.close();
    await IndexedDbBackend.remove("kept");
    const again = await open();
    expect([again.fs.readFile("/runtime/good"), again.fs.readFile("/runtime/bad")]).toEqual([good, bad]);
    await again.close();
  });

  it("is refused and left alone when its database is gone; salvage opens what can be read, and says what cannot", async () => {
    await fill();
    await IndexedDbBackend.remove("kept");
    const file = await copyFile();
    file.bytes[badAt(file) + 100] = 9;
    const before = file.bytes.slice();
    for (let start = 0; start < 2; start++) {
      await expect(open()).rejects.toMatchObject({
        code: "storage_corrupt",
        message: expect.stringMatching(/salvage: true/),
      });
    }
    const salvaged = await open(true);
    expect(salvaged.fs.list("/runtime")).toEqual(["good"]);
    expect(salvaged.fs.readFile("/runtime/good")).toEqual(good);
    expect((await damages(salvaged)).map(({ what }) => what)).toContainEqual(expect.stringMatching(/^record "n\//));
    salvaged.fs.writeFile("/runtime/new", good);
    await expect(salvaged.commit()).rejects.toMatchObject({ code: "storage_error" });
    await salvaged.close();
    expect((await copyFile()).bytes).toEqual(before);
  });

  it("is refused and left alone when its database is gone and a commit cannot be read", async () => {
    await fill();
    await IndexedDbBackend.remove("kept");
    const file = await copyFile();
    file.bytes.fill(0, 64, 70);
    const before = file.bytes.slice();
    await expect(open()).rejects.toMatchObject({
      code: "storage_corrupt",
      message: expect.stringMatching(/salvage: true/),
    });
    expect((await copyFile()).bytes).toEqual(before);
  });
});

it("a damaged record of the database is refused, and left out where it is salvaged", async () => {
  await fill();
  const database = await IndexedDbBackend.open("kept");
  const [key] = (await database.load()).find(([each]) => each.startsWith("n/")) ?? ["none"];
  await database.commit({ puts: [[key, new Uint8Array(5)]], deletes: [] }, { strict: true });
  await database.close();
  await expect(open()).rejects.toMatchObject({ code: "storage_corrupt", data: { key } });
  const salvaged = await open(true);
  expect((await damages(salvaged)).map(({ where }) => where)).toContain(key);
  await salvaged.close();
});
