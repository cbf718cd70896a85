import { describe, expect, it, vi } from "vitest";
import { LuaSkillsError } from "../../errors.ts";
import type { CommitBatch } from "../interface.ts";
import { CheckpointedBackend } from "./checkpointed.ts";
import { unreadable } from "./opfs-log/corrupt.ts";

type Records = Map<string, unknown>;
const commitKey = "!commit";

/** A number of a commit, as the copy holds it. */
function numbered(number: number): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setFloat64(0, number);
  return out;
}

/** Both places as maps; of the copy content is read by its key. */
function places(database: Records, copy: Records) {
  const into = (records: Records) =>
    vi.fn(async ({ puts, deletes }: CommitBatch, _options?: unknown) => {
      for (const [key, value] of puts) records.set(key, value);
      for (const key of deletes) records.delete(key);
    });
  const inDatabase = into(database);
  const inCopy = into(copy);
  const readCopy = vi.fn((key: string) => copy.get(key));
  const backend = new CheckpointedBackend(
    {
      name: "stored",
      load: async () => [...database].filter(([key]) => key !== commitKey),
      get: async (key: string) => database.get(key),
      commit: inDatabase,
    } as never,
    {
      load: async () => [...copy].map(([key, value]) => [key, key.startsWith("c/") ? 3 : value]),
      read: readCopy,
      commit: inCopy,
    } as never,
  );
  return { backend, database, copy, inDatabase, inCopy, readCopy };
}

const old = filled(1);
const fresh = filled(2);
function filled(byte: number): Uint8Array {
  return new Uint8Array(3).fill(byte);
}

describe("a store with a second copy, when it starts", () => {
  it("writes nothing where both are new, or agree", async () => {
    for (const { backend, inCopy, inDatabase } of [
      places(new Map(), new Map()),
      places(
        new Map<string, unknown>([
          ["a", old],
          [commitKey, 3],
        ]),
        new Map<string, unknown>([
          ["a", old],
          [commitKey, numbered(3)],
        ]),
      ),
    ]) {
      await backend.load();
      expect([inCopy.mock.calls, inDatabase.mock.calls]).toEqual([[], []]);
    }
  });

  it("reads no content of a copy that is as far as the database", async () => {
    const records = (number: unknown) =>
      new Map<string, unknown>([
        ["c/1", old],
        [commitKey, number],
      ]);
    const { backend, readCopy } = places(records(3), records(numbered(3)));
    expect(await backend.load()).toEqual([["c/1", old]]);
    expect(readCopy).not.toHaveBeenCalled();
  });

  it("writes anew what cannot be read of a copy that is behind", async () => {
    const { backend, copy, readCopy } = places(
      new Map<string, unknown>([
        ["c/1", old],
        [commitKey, 5],
      ]),
      new Map<string, unknown>([
        ["c/1", fresh],
        [commitKey, numbered(4)],
      ]),
    );
    readCopy.mockImplementation(() => {
      throw unreadable("log-1-1", 100, "c/1");
    });
    await backend.load();
    expect([copy.get("c/1"), copy.get(commitKey)]).toEqual([old, numbered(5)]);
  });

  it("changes nothing where the database is gone and the copy cannot be read, and names the way to what is left", async () => {
    const { backend, readCopy, inCopy, inDatabase } = places(
      new Map(),
      new Map<string, unknown>([
        ["c/1", fresh],
        [commitKey, numbered(4)],
      ]),
    );
    readCopy.mockImplementation(() => {
      throw unreadable("log-1-1", 100, "c/1");
    });
    await expect(backend.load()).rejects.toMatchObject({
      code: "storage_corrupt",
      message: expect.stringContaining('{ kind: "indexeddb", name: "stored", salvage: true }'),
      data: { store: "stored", file: "log-1-1", key: "c/1" },
    });
    expect([inCopy.mock.calls, inDatabase.mock.calls]).toEqual([[], []]);
  });

  it("makes the copy of a store that had none", async () => {
    const { backend, copy, database, inDatabase } = places(new Map([["a", old]]), new Map());
    expect(await backend.load()).toEqual([["a", old]]);
    // Its number alone, and on the disk before anything else is.
    expect(inDatabase.mock.calls).toEqual([[{ puts: [[commitKey, 1]], deletes: [] }, { strict: true }]]);
    expect([copy.get("a"), copy.get(commitKey), database.get(commitKey)]).toEqual([old, numbered(1), 1]);
  });

  it("brings a copy that is behind up to date, with what is new alone", async () => {
    const { backend, inCopy, copy, inDatabase } = places(
      new Map<string, unknown>([
        ["a", fresh],
        ["b", old],
        ["c/1", old],
        [commitKey, 5],
      ]),
      new Map<string, unknown>([
        ["a", old],
        ["b", old],
        ["c/1", old],
        ["gone", old],
        [commitKey, numbered(4)],
      ]),
    );
    await backend.load();
    expect(inCopy.mock.calls.map(([batch]) => batch)).toEqual([
      {
        puts: [
          ["a", fresh],
          [commitKey, numbered(5)],
        ],
        deletes: ["gone"],
      },
    ]);
    expect(copy.get(commitKey)).toEqual(numbered(5));
    expect(inDatabase).not.toHaveBeenCalled();
  });

  it("fills a database that is behind, or gone, from the copy, and waits until it is on the disk", async () => {
    const { backend, database, copy, inDatabase } = places(
      new Map<string, unknown>([
        ["stale", old],
        [commitKey, 1],
      ]),
      new Map<string, unknown>([
        ["a", fresh],
        ["c/1", fresh],
        [commitKey, numbered(2)],
      ]),
    );
    expect(await backend.load()).toEqual([
      ["a", fresh],
      ["c/1", fresh],
    ]);
    expect(Object.fromEntries(database)).toEqual({ a: fresh, "c/1": fresh, [commitKey]: 2 });
    expect(inDatabase.mock.calls.map(([, options]) => options)).toEqual([{ strict: true }]);
    await backend.commit({ puts: [], deletes: ["a"] }, { strict: false });
    expect([database.get(commitKey), copy.get(commitKey)]).toEqual([3, numbered(3)]);
  });
});

it("a commit goes to both, with one number more", async () => {
  const { backend, database, copy, inDatabase } = places(
    new Map<string, unknown>([
      ["a", old],
      ["b", old],
      [commitKey, 3],
    ]),
    new Map<string, unknown>([
      ["a", old],
      ["b", old],
      [commitKey, numbered(3)],
    ]),
  );
  await backend.load();
  await backend.commit({ puts: [["a", fresh]], deletes: ["b"] }, { strict: false });
  expect(Object.fromEntries(database)).toEqual({ a: fresh, [commitKey]: 4 });
  expect(Object.fromEntries(copy)).toEqual({ a: fresh, [commitKey]: numbered(4) });
  expect(inDatabase.mock.calls[0]?.[1]).toEqual({ strict: false });
});

it("a commit that one of them refused takes no number: the next one has it", async () => {
  const { backend, database, copy, inDatabase, inCopy } = places(new Map(), new Map());
  await backend.load();
  const batch = { puts: [["a", old]] as const, deletes: [] };
  for (const refusing of [inDatabase, inCopy]) {
    refusing.mockRejectedValueOnce(new Error("full"));
    await expect(backend.commit(batch, { strict: false })).rejects.toThrow("full");
    expect(copy.has(commitKey)).toBe(false);
  }
  await backend.commit(batch, { strict: false });
  expect([database.get(commitKey), copy.get(commitKey)]).toEqual([1, numbered(1)]);
});

it.each([
  ["a text", "1"],
  ["too few bytes", new Uint8Array(7)],
  ["too many bytes", new Uint8Array(9)],
])("a number of a commit that is none is damage, and nothing is filled from either: %s", async (_, number) => {
  for (const [database, copy] of [
    [new Map<string, unknown>([[commitKey, number]]), new Map<string, unknown>([["a", old]])],
    [new Map<string, unknown>([["a", old]]), new Map<string, unknown>([[commitKey, number]])],
  ] as const) {
    const { backend, inDatabase, inCopy } = places(database, copy);
    await expect(backend.load()).rejects.toMatchObject({ code: "storage_corrupt", data: { key: commitKey } });
    expect([inDatabase.mock.calls, inCopy.mock.calls]).toEqual([[], []]);
  }
});

it("is checked by its copy, and closes both", async () => {
  const closed: string[] = [];
  const damage = [{ what: "a frame" }];
  const backend = new CheckpointedBackend(
    { close: async () => void closed.push("database") } as never,
    {
      close: async () => void closed.push("copy"),
      async *verify() {
        yield 0.5;
        return damage;
      },
    } as never,
  );
  const steps = backend.verify();
  expect([await steps.next(), await steps.next()]).toEqual([
    { done: false, value: 0.5 },
    { done: true, value: damage },
  ]);
  await backend.close();
  expect(closed).toEqual(["database", "copy"]);
});

it("a copy that cannot be read for another reason than damage ends the start, and nothing is written", async () => {
  const lookalike = Object.assign(new Error("other"), { code: "storage_corrupt" });
  for (const error of [new LuaSkillsError("storage_error", "gone"), lookalike]) {
    const records = (number: unknown) =>
      new Map<string, unknown>([
        ["c/1", fresh],
        [commitKey, number],
      ]);
    const { backend, inCopy, readCopy } = places(records(5), records(numbered(4)));
    readCopy.mockImplementation(() => {
      throw error;
    });
    await expect(backend.load()).rejects.toBe(error);
    expect(inCopy).not.toHaveBeenCalled();
  }
});
