import { beforeAll, describe, expect, it } from "vitest";
import { type TestVm, testVm } from "../../testing/test-vm.ts";

const bytes = (...codes: number[]) => Uint8Array.from(codes);

describe("vulcan.fs", () => {
  let t: TestVm;
  beforeAll(async () => {
    t = await testVm({
      "/runtime/data/a.txt": "A",
      "/runtime/data/b.txt": "B",
      "/runtime/data/bin": bytes(0, 255, 10),
      "/runtime/data/tree/x/deep.txt": "deep",
      "/runtime/data/tree/top.txt": "top",
    });
  });
  const err = (call: string) => t.first(`return select(2, pcall(function() return vulcan.fs.${call} end))`);

  it("reads and writes text", async () => {
    expect(await t.run('return vulcan.fs.write("new.txt", "né"), vulcan.fs.read("/runtime/new.txt")')).toEqual([
      true,
      "né",
    ]);
    expect(await err('read("/runtime/data/bin")')).toBe(
      "fs.read: stream did not contain valid UTF-8: /runtime/data/bin",
    );
    expect(await err('write("x", "a\\0b")')).toBe("fs.write: content must not contain NUL bytes");
    expect(await err('write("x", "\\255")')).toBe("fs.write: content must be a valid UTF-8 string");
    expect(await err('write("x")')).toBe("fs.write: content must be a string, got nil");
    expect(await err('write("none/x", "")')).toBe("fs.write: No such file or directory (os error 2): /runtime/none/x");
    expect(await err('read("/runtime/data")')).toBe("fs.read: Is a directory (os error 21): /runtime/data");
    expect(await err("read(5)")).toBe("fs.read: path must be a string, got integer");
    expect(await err("list(nil)")).toBe("fs.list: dir must be a string, got nil");
  });

  it("treats a trailing separator as POSIX does", async () => {
    expect(await err('read("/runtime/data/a.txt/")')).toBe(
      "fs.read: Not a directory (os error 20): /runtime/data/a.txt/",
    );
    expect(
      await t.run('return vulcan.fs.exists("data/a.txt/"), vulcan.fs.is_dir("data/"), vulcan.fs.exists("data/.")'),
    ).toEqual([false, true, true]);
    expect(await err('write("/runtime/data/fresh/", "x")')).toBe(
      "fs.write: Is a directory (os error 21): /runtime/data/fresh/",
    );
  });

  it("tells missing from impossible", async () => {
    expect(
      await t.run(
        'return vulcan.fs.stat("/none"), vulcan.fs.remove("/none"), vulcan.fs.exists("/runtime/data/a.txt/x")',
      ),
    ).toEqual([undefined, false, false]);
    expect(await err('stat("/runtime/data/a.txt/x")')).toBe(
      "fs.stat: Not a directory (os error 20): /runtime/data/a.txt/x",
    );
    expect(await err('remove("/runtime/data/a.txt/x")')).toBe(
      "fs.remove: Not a directory (os error 20): /runtime/data/a.txt/x",
    );
    expect(await err('copy("/runtime/data/a.txt/x", "/y")')).toBe(
      "fs.copy: Not a directory (os error 20): /runtime/data/a.txt/x",
    );
    expect(await err('mkdir("/runtime/data/a.txt/x", { recursive = true })')).toBe(
      "fs.mkdir: Not a directory (os error 20): /runtime/data/a.txt/x",
    );
  });

  it("stats", async () => {
    expect(await t.first('return vulcan.fs.stat("data/b.txt")')).toEqual({
      kind: "file",
      is_file: true,
      is_dir: false,
      is_symlink: false,
      readonly: false,
      size: 1,
      modified_unix_ms: 1_700_000_000_123,
    });
    const dir = (await t.first('return vulcan.fs.stat("data")')) as Record<string, unknown>;
    expect(dir.kind).toBe("dir");
    expect("size" in dir).toBe(false);
  });

  it("bytes travel as strict Base64", async () => {
    expect(
      await t.run('return vulcan.fs.read_bytes("data/bin"), vulcan.fs.write_bytes("data/copy.bin", "AP8K")'),
    ).toEqual(["AP8K", true]);
    expect(t.vfs.readFile("/runtime/data/copy.bin")).toEqual(bytes(0, 255, 10));
    expect(await err('write_bytes("data/copy.bin", "AP8")')).toBe(
      "fs.write_bytes: base64 decode failed: Invalid padding",
    );
  });

  it("removes, but not what is in use", async () => {
    await t.run('vulcan.fs.mkdir("gone/a/b", { recursive = true })');
    expect(await err('remove("gone")')).toBe("fs.remove: Directory not empty (os error 39): /runtime/gone");
    expect(await t.run('return vulcan.fs.remove("gone", { recursive = true }), vulcan.fs.exists("gone")')).toEqual([
      true,
      false,
    ]);
    expect(await t.first('vulcan.fs.mkdir("empty") return vulcan.fs.remove("empty", {})')).toBe(true);
  });

  it("options may have an __index", async () => {
    const code = `
      vulcan.fs.mkdir("o/p", setmetatable({}, { __index = function(_, key) return key == "recursive" end }))
      return vulcan.fs.is_dir("o/p")`;
    expect(await t.first(code)).toBe(true);
    expect(await err('mkdir("q", { recursive = print })')).toBe(
      "fs.mkdir: options.recursive must be a boolean when provided: function",
    );
    expect(await err('copy("a", "b", print)')).toBe("fs.copy: options must be a table, got function");
  });

  it("copies files and trees", async () => {
    expect(await t.run('return vulcan.fs.copy("data/a.txt", "data/a2.txt"), vulcan.fs.read("data/a2.txt")')).toEqual([
      true,
      "A",
    ]);
    expect(await t.first('return vulcan.fs.copy("data/b.txt", "data/a2.txt")')).toBe(false);
    expect(await t.first('return vulcan.fs.copy("data/b.txt", "data/a2.txt", { overwrite = true })')).toBe(true);
    expect(await t.first('return vulcan.fs.read("data/a2.txt")')).toBe("B");
    expect(await t.first('return vulcan.fs.copy("data/a2.txt", "data/a2.txt", { overwrite = true })')).toBe(true);
    expect(await t.first('return vulcan.fs.read("data/a2.txt")')).toBe("B");
    expect(
      await t.run('return vulcan.fs.copy("data/tree", "data/copy"), vulcan.fs.read("data/copy/x/deep.txt")'),
    ).toEqual([true, "deep"]);
    expect(await err('copy("data/tree", "data/none/copy")')).toBe(
      "fs.copy: No such file or directory (os error 2): /runtime/data/none/copy",
    );
    expect(await err('copy("data/none", "data/z")')).toBe(
      "fs.copy: No such file or directory (os error 2): /runtime/data/none",
    );
    expect(await err('copy("data/tree", "/", { overwrite = true })')).toBe(
      "fs.copy: destination path must not be one filesystem root: /",
    );
    expect(await err('copy("/", "/runtime/inside", {})')).toBe(
      "fs.copy: destination directory must not be inside source directory: /runtime/inside",
    );
    // A destination around the source: the tree is read before anything is removed.
    expect(await t.first('return vulcan.fs.copy("data/copy/x", "data/copy", { overwrite = true })')).toBe(true);
    expect(await t.first('return vulcan.fs.list("data/copy")')).toEqual(["deep.txt"]);
  });

  it("renames onto itself and reports the rest", async () => {
    expect(await t.first('return vulcan.fs.rename("data/b.txt", "data/b.txt")')).toBe(true);
    expect(await err('rename("data/b.txt/", "data/c.txt")')).toBe(
      "fs.rename: Not a directory (os error 20): /runtime/data/b.txt/",
    );
  });
});

describe("vulcan.fs on a Windows-shaped host", () => {
  it("knows separators, drives and what a name may not hold", async () => {
    const t = await testVm({ "/runtime/data/a.txt": "A" }, { os: { os: "windows", arch: "x86_64" } });
    expect(
      await t.run('return vulcan.fs.read("data\\\\a.txt"), vulcan.fs.read("C:\\\\runtime\\\\data\\\\a.txt")'),
    ).toEqual(["A", "A"]);
    expect(await t.first('return vulcan.fs.read("\\\\\\\\?\\\\C:\\\\runtime\\\\data\\\\a.txt")')).toBe("A");
    expect(await t.first('return select(2, pcall(vulcan.fs.read, "a?b"))')).toBe(
      "fs.read: path contains invalid Windows path syntax",
    );
    expect(await t.run("return package.config:sub(1, 1), jit.os, jit.arch, vulcan.os.info().os")).toEqual([
      "\\",
      "Windows",
      "x64",
      "windows",
    ]);
  });
});
