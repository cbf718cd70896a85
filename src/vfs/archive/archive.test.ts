import { strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../base/bytes/crc32.ts";
import { snapshot } from "../../testing/random-operations.ts";
import { exportZip, importZip, readZip } from "../archive.ts";
import { type Errno, VfsError } from "../interface.ts";
import { MemoryTree } from "../memory-tree.ts";

const limits = { archiveEntries: 100, archiveBytes: 1_000_000 };

/** fflate takes slashes in names as given, so hostile names can be made with it. */
const zipOf = (files: Record<string, string | Uint8Array>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([k, v]) => [k, typeof v === "string" ? strToU8(v) : v])));

function patched(zip: Uint8Array, signature: number, offset: number, value: number): Uint8Array {
  const out = zip.slice();
  const view = new DataView(out.buffer);
  for (let at = 0; at + 4 < out.length; at++) {
    if (view.getUint32(at, true) === signature) view.setUint32(at + offset, value, true);
  }
  return out;
}

describe("reading a zip", () => {
  it("gives stored and deflated entries, with backslashes as slashes", () => {
    const zip = zipSync({
      "a/": new Uint8Array(0),
      "a\\b.txt": strToU8("deflated ".repeat(99)),
      c: [strToU8("raw"), { level: 0 }],
    });
    expect(readZip(zip, limits).map((e) => [e.name, e.content.length])).toEqual([
      ["a/", 0],
      ["a/b.txt", 891],
      ["c", 3],
    ]);
    expect(readZip(zip, limits, { wanted: (name) => name === "c" })).toHaveLength(1);
  });

  it.each([
    ["demo/../../evil", "Zip entry 'demo/../../evil' must not contain parent-directory traversal"],
    ["..\\evil", "Zip entry '..\\evil' must not contain parent-directory traversal"],
    ["/evil", "Zip entry '/evil' must not use an absolute path"],
    ["C:\\evil", "Zip entry 'C:\\evil' must not use an absolute path"],
    ["a\0b", "Zip entry 'a\\0b' contains a NUL byte"],
  ])("refuses the name %j", (name, message) => {
    expect(() => readZip(zipOf({ good: "x", [name]: "x" }), limits)).toThrow(message);
  });

  it("refuses too many entries and too many bytes, whatever the archive claims", () => {
    const many = zipOf(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, ""])));
    expect(() => readZip(many, limits)).toThrow("limits.archiveEntries");
    const bomb = zipOf({ a: new Uint8Array(600_000), b: new Uint8Array(600_000) });
    expect(() => readZip(bomb, limits)).toThrow("limits.archiveBytes");
    const liar = patched(zipOf({ a: new Uint8Array(600_000) }), 0x02014b50, 24, 10);
    expect(() => readZip(liar, limits)).toThrow("limits.archiveBytes");
  });

  it("refuses entries that share bytes, and only those", () => {
    const same = Array.from({ length: 3 }, (_, i) => [`f${i}`, "the same bytes in each"]);
    const zip = zipOf(Object.fromEntries(same));
    expect(() => readZip(patched(zip, 0x02014b50, 42, 0), limits)).toThrow(
      "Zip entry 'f1' shares bytes with another one",
    );
    // The directory may name them in any order.
    const view = new DataView(zip.buffer);
    const places = [...zip.keys()].filter((at) => at + 46 < zip.length && view.getUint32(at, true) === 0x02014b50);
    const offsets = places.map((at) => view.getUint32(at + 42, true));
    for (const order of [
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      for (const [i, from] of order.entries()) view.setUint32((places[i] ?? 0) + 42, offsets[from] ?? 0, true);
      expect(readZip(zip, limits)).toHaveLength(3);
    }
  });

  it("refuses what is damaged", () => {
    const zip = zipOf({ a: "hello hello hello" });
    expect(() => readZip(patched(zip, 0x02014b50, 16, 1), limits)).toThrow("checksum");
    expect(() => readZip(zip.subarray(0, zip.length - 30), limits)).toThrow("not a zip archive");
    expect(() => readZip(new Uint8Array(100), limits)).toThrow("not a zip archive");
    const random = zip.slice();
    random.fill(255, 31, 45);
    expect(() => readZip(random, limits)).toThrow(/damaged/);
    expect(crc32(strToU8("123456789"))).toBe(0xcbf43926);
  });
});

describe("import and export", () => {
  it("brings a tree back as it was", async () => {
    const fs = new MemoryTree();
    fs.mkdir("/w/empty", { recursive: true });
    fs.mkdir("/w/ü/b", { recursive: true });
    fs.writeFile("/w/ü/b/f", strToU8("x".repeat(100_000)));
    fs.writeFile("/w/zero", new Uint8Array(0));
    const zip = await exportZip(fs, "/w");
    expect(Object.keys(unzipSync(zip)).sort()).toEqual(["empty/", "zero", "ü/", "ü/b/", "ü/b/f"]);
    const other = new MemoryTree();
    expect(importZip(other, "/w", zip, limits)).toEqual({ files: 2 });
    expect(snapshot(other)).toEqual(snapshot(fs));
    const single = await exportZip(fs, "/w/zero");
    expect(Object.keys(unzipSync(single))).toEqual(["zero"]);
    await expect(exportZip(fs, "/none")).rejects.toMatchObject({ code: "not_found" });
  });

  it("writes nothing when something goes wrong", () => {
    const fs = new MemoryTree({ quotaBytes: 5000 });
    fs.mkdir("/w/taken", { recursive: true });
    fs.writeFile("/w/old", strToU8("old"));
    const before = snapshot(fs);
    const full = zipOf({ old: "new", "sub/a": "a", "sub/big": new Uint8Array(9000).fill(7) });
    expect(() => importZip(fs, "/w", full, limits)).toThrow(expect.objectContaining({ code: "quota_exceeded" }));
    expect(snapshot(fs)).toEqual(before);
    expect(() => importZip(fs, "/w", zipOf({ old: "new", taken: "file" }), limits)).toThrow(
      expect.objectContaining({ code: "conflict" }),
    );
    expect(() => importZip(fs, "/w", zipOf({ old: "new", "../x": "" }), limits)).toThrow(
      expect.objectContaining({ message: expect.stringContaining("traversal"), data: { entry: "../x" } }),
    );
    expect(snapshot(fs)).toEqual(before);
  });

  it("leaves out what went since it was listed, and is no archive of what cannot be read", async () => {
    class Failing extends MemoryTree {
      constructor(readonly errno: Errno) {
        super();
        this.mkdir("/w");
        for (const name of ["a", "gone", "z"]) this.writeFile(`/w/${name}`, strToU8(name));
      }
      override readFile(path: string): Uint8Array {
        if (path === "/w/gone") throw new VfsError(this.errno, path, "read");
        return super.readFile(path);
      }
    }
    for (const errno of ["ENOENT", "EACCES"] as const) {
      expect(Object.keys(unzipSync(await exportZip(new Failing(errno), "/w")))).toEqual(["a", "z"]);
    }
    await expect(exportZip(new Failing("EIO"), "/w")).rejects.toMatchObject({ errno: "EIO" });
  });

  it("stops when asked to", async () => {
    const fs = new MemoryTree();
    for (let i = 0; i < 10; i++) fs.writeFile(`/f${i}`, new Uint8Array(1000));
    const abort = new AbortController();
    const exporting = exportZip(fs, "/", { signal: abort.signal, turnBytes: 1 });
    abort.abort();
    await expect(exporting).rejects.toMatchObject({ code: "aborted" });
    const zip = await exportZip(fs, "/");
    expect(() => importZip(fs, "/x", zip, limits, { signal: abort.signal })).toThrow(
      expect.objectContaining({ code: "aborted" }),
    );
  });
});
