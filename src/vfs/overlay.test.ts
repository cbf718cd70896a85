import { expect, it } from "vitest";
import { errnoOf } from "../testing/errno-of.ts";
import { snapshot } from "../testing/random-operations.ts";
import { MemoryTree } from "./memory-tree.ts";
import { OverlayVfs } from "./overlay.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textAt = (vfs: OverlayVfs, path: string): string => new TextDecoder().decode(vfs.readFile(path));

function world() {
  const lower = new MemoryTree();
  for (const path of ["/d/e", "/empty"]) lower.mkdir(path, { recursive: true });
  lower.writeFile("/d/f", bytes("f"));
  lower.writeFile("/d/e/g", bytes("g"));
  const before = snapshot(lower);
  return { vfs: new OverlayVfs(lower), untouched: () => expect(snapshot(lower)).toEqual(before) };
}

it("what is moved takes along what lies beneath it, and leaves nothing behind", () => {
  const { vfs, untouched } = world();
  vfs.rename("/d", "/empty");
  expect([textAt(vfs, "/empty/f"), textAt(vfs, "/empty/e/g")]).toEqual(["f", "g"]);
  expect([vfs.list("/"), vfs.stat("/d/e/g")]).toEqual([["empty"], undefined]);
  vfs.mkdir("/d");
  expect(vfs.list("/d")).toEqual([]);
  untouched();
});

it("what is renamed to itself stays, and nothing goes into itself or onto what it lies in", () => {
  const { vfs, untouched } = world();
  vfs.rename("/d/f", "/d/./f");
  vfs.rename("/d", "/d");
  expect([vfs.list("/d"), textAt(vfs, "/d/f")]).toEqual([["e", "f"], "f"]);
  expect(errnoOf(() => vfs.rename("/d", "/d/e/in"))).toBe("EINVAL");
  expect(errnoOf(() => vfs.rename("/d/e", "/d"))).toBe("ENOTEMPTY");
  expect(errnoOf(() => vfs.rename("/empty", "/d/f"))).toBe("ENOTDIR");
  expect(errnoOf(() => vfs.rename("/d/f", "/empty"))).toBe("EISDIR");
  untouched();
});

it("an empty directory is removed as it is, others only with what is in them", () => {
  const { vfs, untouched } = world();
  vfs.remove("/empty");
  expect(errnoOf(() => vfs.remove("/d"))).toBe("ENOTEMPTY");
  vfs.remove("/d/f");
  vfs.remove("/d/e", { recursive: true });
  expect(vfs.list("/d")).toEqual([]);
  vfs.remove("/d");
  expect(vfs.list("/")).toEqual([]);
  untouched();
});

it("what is written to is copied up first, what is written over is not read", () => {
  const { vfs, untouched } = world();
  vfs.writeFile("/d/f", bytes("!"), { append: true });
  const file = vfs.open("/d/e/g");
  file.writeAt(bytes("x"), 1);
  expect([textAt(vfs, "/d/f"), textAt(vfs, "/d/e/g")]).toEqual(["f!", "gx"]);
  vfs.writeFile("/d/f", bytes("new"));
  vfs.writeFile("/d/new", bytes("n"));
  expect([textAt(vfs, "/d/f"), vfs.list("/d")]).toEqual(["new", ["e", "f", "new"]]);
  untouched();
});

it("answers for what is not there like every filesystem", () => {
  const { vfs, untouched } = world();
  expect(errnoOf(() => vfs.mkdir("/"))).toBe("EEXIST");
  expect(errnoOf(() => vfs.mkdir("/d"))).toBe("EEXIST");
  expect(errnoOf(() => vfs.mkdir("/d/f/x", { recursive: true }))).toBe("ENOTDIR");
  expect(errnoOf(() => vfs.mkdir("/no/x"))).toBe("ENOENT");
  expect(errnoOf(() => vfs.writeFile("/d", bytes("")))).toBe("EISDIR");
  expect(errnoOf(() => vfs.open("/d"))).toBe("EISDIR");
  expect(errnoOf(() => vfs.open("/d/none"))).toBe("ENOENT");
  expect(errnoOf(() => vfs.list("/none"))).toBe("ENOENT");
  expect(errnoOf(() => vfs.list("/d/f/x"))).toBe("ENOTDIR");
  expect(errnoOf(() => vfs.remove("/"))).toBe("EINVAL");
  expect(vfs.realPath("/d/../d/f")).toBe("/d/f");
  untouched();
});
