import { afterEach, beforeEach, expect, it } from "vitest";
import { FakeDisk } from "../../testing/fake-opfs.ts";
import { findFolder, makeFolder, removeFolder } from "./store-folder.ts";

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
