import { describe, expect, it } from "vitest";
import { errnoOf } from "../testing/errno-of.ts";
import { MemoryTree } from "./memory-tree.ts";
import { MountVfs } from "./mount.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function mounted() {
  const [work, inner, host] = [new MemoryTree(), new MemoryTree(), new MemoryTree()];
  // The outer one first: the order they are given in does not count.
  const vfs = new MountVfs({ "/work": work, "/work/in/side": inner, "/host/data": host });
  return { vfs, work, inner, host };
}

describe("filesystems under one root", () => {
  it("are found by the deepest place that fits", () => {
    const { vfs, work, inner } = mounted();
    vfs.writeFile("/work/f", bytes("outer"));
    vfs.writeFile("/work/in/side/f", bytes("inner"));
    expect(work.readFile("/f")).toEqual(bytes("outer"));
    expect(inner.readFile("/f")).toEqual(bytes("inner"));
    expect(vfs.stat("/work/in/side/f")).toMatchObject({ kind: "file", size: 5 });
    expect(vfs.readFile("/work/in/side/f")).toEqual(bytes("inner"));
    vfs.open("/work/in/side/new", { create: true }).close();
    expect(inner.list("/")).toEqual(["f", "new"]);
    vfs.remove("/work/in/side/new");
    vfs.rename("/work/f", "/work/g");
    expect([vfs.list("/work"), inner.list("/")]).toEqual([["g", "in"], ["f"]]);
  });

  it("show the way to each other, whether their folders are there or not", () => {
    const { vfs, work } = mounted();
    expect(vfs.list("/")).toEqual(["host", "work"]);
    expect(vfs.list("/host")).toEqual(["data"]);
    expect(vfs.list("/work")).toEqual(["in"]);
    work.writeFile("/a", bytes("x"));
    expect(vfs.list("/work")).toEqual(["a", "in"]);
    expect(vfs.stat("/host")).toEqual({ kind: "dir", size: 0, modifiedMs: 0, readonly: true });
    expect(vfs.stat("/work/in")).toEqual({ kind: "dir", size: 0, modifiedMs: 0, readonly: false });
    expect(vfs.stat("/elsewhere")).toBeUndefined();
  });

  it("have nothing outside of them, and nothing can be made there", () => {
    const { vfs } = mounted();
    expect(errnoOf(() => vfs.list("/elsewhere"))).toBe("ENOENT");
    expect(errnoOf(() => vfs.readFile("/elsewhere"))).toBe("ENOENT");
    expect(errnoOf(() => vfs.writeFile("/elsewhere", bytes("x")))).toBe("ENOENT");
    expect(errnoOf(() => vfs.mkdir("/elsewhere", { recursive: true }))).toBe("ENOENT");
    expect(errnoOf(() => vfs.readFile("/host"))).toBe("EISDIR");
    expect(errnoOf(() => vfs.open("/host", { create: true }))).toBe("EISDIR");
  });

  it.each(["/", "/host", "/host/data", "/work/in", "/work/in/side/"])("keep %s where it is", (path) => {
    const { vfs } = mounted();
    vfs.writeFile("/work/f", bytes("x"));
    expect(errnoOf(() => vfs.remove(path, { recursive: true }))).toBe("EACCES");
    expect(errnoOf(() => vfs.rename(path, "/work/other"))).toBe("EACCES");
    expect(errnoOf(() => vfs.rename("/work/f", path))).toBe("EACCES");
    expect(errnoOf(() => vfs.mkdir(path))).toBe("EEXIST");
    expect(errnoOf(() => vfs.mkdir(path, { recursive: true }))).toBe("nothing thrown");
  });

  it("do not rename into each other", () => {
    const { vfs } = mounted();
    vfs.writeFile("/work/f", bytes("x"));
    expect(errnoOf(() => vfs.rename("/work/f", "/host/data/f"))).toBe("EXDEV");
    expect(vfs.readFile("/work/f")).toEqual(bytes("x"));
  });
});
