import { expect, it } from "vitest";
import { VfsError } from "./interface.ts";
import { MemoryTree } from "./memory-tree.ts";
import { entryOverhead } from "./quota.ts";
import { ReadOnlyVfs } from "./read-only.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function view(): { files: MemoryTree; vfs: ReadOnlyVfs } {
  const files = new MemoryTree();
  files.mkdir("/d");
  files.writeFile("/d/f", bytes("text"));
  return { files, vfs: new ReadOnlyVfs(files) };
}

it("a read-only view shows what is there, and that it is read-only", () => {
  const { vfs } = view();
  expect(vfs.list("/d")).toEqual(["f"]);
  expect(vfs.readFile("/d/f")).toEqual(bytes("text"));
  expect(vfs.stat("/d/f")).toMatchObject({ kind: "file", size: 4, readonly: true });
  expect(vfs.stat("/none")).toBeUndefined();
  const file = vfs.open("/d/f", { create: true });
  const into = new Uint8Array(4);
  expect([file.size, file.readAt(into, 0), into]).toEqual([4, 4, bytes("text")]);
  file.close();
  vfs.mkdir("/d", { recursive: true });
});

it("a read-only view answers where a file really is, and closes what it opened", () => {
  const { files, vfs } = view();
  expect(vfs.realPath("/d/../d/f")).toBe("/d/f");
  const linked = new ReadOnlyVfs(Object.assign(new MemoryTree(), { realPath: () => "/elsewhere" }));
  expect(linked.realPath("/d/f")).toBe("/elsewhere");
  const file = vfs.open("/d/f");
  files.remove("/d/f");
  file.close();
  expect(files.quota.used).toBe(entryOverhead);
  expect(() => vfs.open("/d/f")).toThrow(expect.objectContaining({ errno: "ENOENT" }));
});

it.each<readonly [string, (vfs: ReadOnlyVfs) => unknown]>([
  ["writeFile", (vfs) => vfs.writeFile("/d/f")],
  ["mkdir of what is there", (vfs) => vfs.mkdir("/d")],
  ["mkdir of a new one", (vfs) => vfs.mkdir("/new", { recursive: true })],
  ["mkdir over a file", (vfs) => vfs.mkdir("/d/f", { recursive: true })],
  ["remove", (vfs) => vfs.remove("/d/f")],
  ["rename", (vfs) => vfs.rename("/d/f")],
  ["open of a new file", (vfs) => vfs.open("/d/new", { create: true })],
  ["writing to an open file", (vfs) => vfs.open("/d/f").writeAt(bytes("x"), 0)],
  ["cutting an open file", (vfs) => vfs.open("/d/f").truncate(0)],
])("a read-only view refuses %s with EROFS", (_, work) => {
  const { files, vfs } = view();
  let thrown: unknown;
  try {
    work(vfs);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(VfsError);
  expect((thrown as VfsError).errno).toBe("EROFS");
  expect([files.list("/"), files.list("/d"), files.readFile("/d/f")]).toEqual([["d"], ["f"], bytes("text")]);
});
