import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeDisk } from "../../testing/fake-opfs.ts";
import { findFolder, hasSyncFiles, inRemovalOrder, isNotFound, makeFolder, removeFolder } from "./store-folder.ts";

let disk: FakeDisk;
beforeEach(() => {
  disk = new FakeDisk();
  disk.install();
});
afterEach(FakeDisk.uninstall);

const topNames = async (): Promise<string[]> => {
  const names: string[] = [];
  for await (const name of disk.root.keys()) names.push(name);
  return names;
};

it("a folder that is looked for or removed is not made by that; one that was made is found until it is removed", async () => {
  expect(await findFolder("store", "a/b")).toBeUndefined();
  await removeFolder("store", "a/b");
  expect(await topNames()).toEqual([]);
  const made = await makeFolder("store", "a/b");
  await made.getFileHandle("log-1-1", { create: true });
  expect(await findFolder("store", "a/b")).toBe(made);
  expect(await findFolder("checkpoint", "a/b")).toBeUndefined();
  expect(await findFolder("store", "a")).toBeUndefined();
  await removeFolder("store", "a/b");
  expect(await findFolder("store", "a/b")).toBeUndefined();
});

it("where there are no such files nothing is found, and who makes one hears why", async () => {
  FakeDisk.uninstall();
  expect(await findFolder("store", "a")).toBeUndefined();
  await expect(makeFolder("store", "a")).rejects.toThrow("no origin private file system");
});

it("files go before the heads that list them, an earlier head before a later one", () => {
  const names = ["head-10", "xhead-30", "log-1-1", "head-9", "head-30x", "head-a", "pack-11-2", "head-2"];
  const others = ["xhead-30", "log-1-1", "head-30x", "head-a", "pack-11-2"];
  expect(inRemovalOrder(names)).toEqual([...others, "head-2", "head-9", "head-10"]);
  expect(names[0]).toBe("head-10");
});

it("a removal that is cut off has begun with what goes first, and says why it ended; the next one ends it", async () => {
  const made = await makeFolder("store", "a");
  for (const name of ["head-2", "log-1-1", "head-1"]) await made.getFileHandle(name, { create: true });
  let left = 2;
  disk.beforeChange = () => {
    if (left-- === 0) throw new DOMException("held", "NoModificationAllowedError");
  };
  await expect(removeFolder("store", "a")).rejects.toThrow("held");
  const names: string[] = [];
  for await (const name of made.keys()) names.push(name);
  expect(names).toEqual(["head-2"]);
  disk.beforeChange = () => {};
  // What is in it that is no file of a log goes with it.
  await made.getDirectoryHandle("other", { create: true });
  await removeFolder("store", "a");
  expect(await findFolder("store", "a")).toBeUndefined();
});

it("nothing to be found is one thing, any other error another", () => {
  const errors = [
    new DOMException("", "NotFoundError"),
    new DOMException("", "NotAllowedError"),
    Object.assign(new Error(""), { name: "NotFoundError" }),
  ];
  expect(errors.map(isNotFound)).toEqual([true, false, false]);
});

it("synchronous files are there where one can be opened and closed at once, and nothing stays of the try", async () => {
  expect(await hasSyncFiles()).toBe(true);
  const probe = await disk.root.getFileHandle("probe", { create: true });
  const files = Object.getPrototypeOf(probe) as { createSyncAccessHandle: unknown };
  const { createSyncAccessHandle } = files;
  try {
    for (const create of [
      undefined,
      () => Promise.reject(new DOMException("not here", "InvalidStateError")),
      // As they were at first: each of their functions answered a promise.
      async () => ({ close: () => Promise.resolve() }),
      async () => undefined,
    ]) {
      files.createSyncAccessHandle = create;
      expect(await hasSyncFiles()).toBe(false);
    }
  } finally {
    files.createSyncAccessHandle = createSyncAccessHandle;
  }
  expect((await topNames()).filter((name) => name !== "probe")).toHaveLength(1);
  FakeDisk.uninstall();
  expect(await hasSyncFiles()).toBe(false);
});

it("two workers that try at once do not meet", async () => {
  const names = new Set<string>();
  const get = disk.root.getFileHandle.bind(disk.root);
  vi.spyOn(disk.root, "getFileHandle").mockImplementation((name, options) => {
    names.add(name);
    return get(name, options);
  });
  expect(await Promise.all([hasSyncFiles(), hasSyncFiles()])).toEqual([true, true]);
  expect(names.size).toBe(2);
});
