import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import { FakeDisk } from "../../testing/fake-opfs.ts";
import { freshIndexedDb } from "../../testing/fresh-indexeddb.ts";
import type { StoreDamage, VfsStore } from "../interface.ts";
import { openStore } from "../open-store.ts";
import { commitBytes, commitKey } from "./commit-number.ts";
import { IndexedDbBackend } from "./indexeddb.ts";
import { SalvagedDatabase } from "./salvaged-database.ts";

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

describe("what is salvaged of two places", () => {
  const root = new Uint8Array(0);
  const closed: string[] = [];
  beforeEach(() => {
    closed.length = 0;
  });

  const database = (entries: ReadonlyArray<readonly [string, unknown]>, number?: unknown) => ({
    load: async () => [...entries],
    get: async (key: string) => (key === commitKey ? number : undefined),
    close: async () => void closed.push("database"),
  });
  const copy = (
    entries: ReadonlyArray<readonly [string, unknown]>,
    read: (key: string) => Uint8Array = () => root,
  ) => ({
    load: async () => [...entries],
    read,
    close: async () => void closed.push("copy"),
    async *verify() {
      yield 7;
      return [{ where: "log-1-1", what: "a frame" }];
    },
  });
  const content = (byte: number) => new Uint8Array(3).fill(byte);
  const told = async (salvaged: SalvagedDatabase): Promise<[yielded: number[], StoreDamage[]]> => {
    const yielded: number[] = [];
    const steps = salvaged.verify();
    for (;;) {
      const step = await steps.next();
      if (step.done) return [yielded, step.value];
      yielded.push(step.value);
    }
  };

  it("is the database where there is no copy", async () => {
    const salvaged = new SalvagedDatabase(database([["c/1", content(1)]], 3) as never, undefined);
    expect(await salvaged.load()).toEqual([["c/1", content(1)]]);
    expect(await told(salvaged)).toEqual([[], []]);
    await salvaged.close();
    expect(closed).toEqual(["database"]);
    await expect(salvaged.commit()).rejects.toMatchObject({
      code: "storage_error",
      message: "a store that was opened to be salvaged cannot be written to",
    });
  });

  it.each([3, 2])(
    "is the database where the copy is not later, whatever the copy has: its commit %i",
    async (number) => {
      const salvaged = new SalvagedDatabase(
        database([["c/1", content(1)]], 3) as never,
        copy([
          ["c/2", content(2)],
          [commitKey, commitBytes(number)],
        ]),
      );
      expect(await salvaged.load()).toEqual([["c/1", content(1)]]);
      expect(await told(salvaged)).toEqual([[], []]);
      await salvaged.close();
      expect(closed).toEqual(["database", "copy"]);
    },
  );

  it("is the copy where that is later, without what cannot be read of it", async () => {
    const read = (key: string): Uint8Array => {
      if (key === "c/bad") throw new LuaSkillsError("storage_corrupt", "not what was written");
      return content(4);
    };
    const salvaged = new SalvagedDatabase(
      database([["c/1", content(1)]], 3) as never,
      copy(
        [
          ["c/good", 3],
          ["c/bad", 3],
          ["n/1", content(1)],
          ["p/1", content(1)],
          ["n/none", "a text"],
          ["other", content(5)],
          [commitKey, commitBytes(4)],
        ],
        read,
      ),
    );
    expect(await salvaged.load()).toEqual([
      ["c/good", content(4)],
      ["other", content(5)],
    ]);
    const [yielded, damages] = await told(salvaged);
    expect(yielded).toEqual([7]);
    expect(damages.map(({ where }) => where)).toEqual(["c/bad", "n/1", "p/1", "n/none", "log-1-1"]);
    expect(damages.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["not what was written", 'record "n/none" is no bytes', "a frame"]),
    );
  });
});
