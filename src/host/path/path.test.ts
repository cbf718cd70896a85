import { describe, expect, it } from "vitest";
import { basename, dirname, extname, joinPath, normalizePath, stem } from "./path.ts";

describe("vulcan.path", () => {
  it.each([
    [["a", "b"], "a/b"],
    [["a/", "b"], "a/b"],
    [["a", "/b"], "/b"],
    [["a//", "b"], "a//b"],
    [["/", "x"], "/x"],
    [["a", "b/"], "a/b/"],
    [["a", "..", "b"], "a/../b"],
    [["a", "b", "/c", "d"], "/c/d"],
    [["/"], "/"],
  ])("join %j", (parts: string[], expected) => expect(parts.reduce(joinPath, "")).toBe(expected));

  it.each([
    ["a", "."],
    ["a/b", "a"],
    ["a/b/", "a"],
    ["/a", "/"],
    ["/", "/"],
    ["//", "//"],
    ["///", "///"],
    ["//a", "/"],
    ["//a/b", "//a"],
    ["a//", "."],
    ["a//b", "a"],
    ["a/..", "a"],
    ["..", "."],
    [".", "."],
    ["./", "."],
    ["./a", "."],
    ["./a/b", "./a"],
    ["../a", ".."],
    ["a/.", "."],
    ["a/./b", "a"],
    ["/./a", "/"],
    ["/a/b/c.txt", "/a/b"],
    [".hidden", "."],
    [".hidden/x", ".hidden"],
  ])("dirname %s", (path, expected) => expect(dirname(path)).toBe(expected));

  it.each([
    ["a/b/", "b"],
    ["a/..", ""],
    ["..", ""],
    ["/", ""],
    [".", ""],
    ["./", ""],
    ["./a", "a"],
    ["a/.", "a"],
    ["/a/b.txt", "b.txt"],
    [".bashrc", ".bashrc"],
    ["//a", "a"],
  ])("basename %s", (path, expected) => expect(basename(path)).toBe(expected));

  it.each([
    ["a.tar.gz", "a.tar|.gz"],
    [".bashrc", ".bashrc|"],
    ["a.", "a|."],
    ["noext", "noext|"],
    ["/", "|"],
    ["a/..", "|"],
    ["d.x/file", "file|"],
    ["..a", ".|.a"],
    [".a.b", ".a|.b"],
    ["a..b", "a.|.b"],
    ["a.b/", "a|.b"],
  ])("stem and extname %s", (path, expected) => expect(`${stem(path)}|${extname(path)}`).toBe(expected));

  it.each([
    ["a/./b", "a/b"],
    ["a/b/../..", "."],
    ["/a/../..", "/"],
    ["../a", "../a"],
    ["../..", "../.."],
    ["a/../../b", "../b"],
    ["../../a/b/..", "../../a"],
    ["/a/b/../c/./d/", "/a/c/d"],
    ["//a", "/a"],
    ["./a", "a"],
  ])("normalize %s", (path, expected) => expect(normalizePath(path)).toBe(expected));
});
