import { deflateRawSync } from "node:zlib";
import { strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { snapshot } from "../../testing/random-operations.ts";
import { exportZip, importZip, readZip } from "../archive.ts";
import { MemoryTree } from "../memory-tree.ts";
import { readZipDirectory } from "./zip-directory.ts";

const limits = { archiveEntries: 100, archiveBytes: 1_000_000 };
const names = (zip: Uint8Array): string[] => readZipDirectory(zip, 100).map(({ name }) => name);

/** What is not to be compressible. */
const noise = (length: number): Uint8Array => {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return state >>> 16;
  });
};

describe("an exported zip", () => {
  it("names directories before what is in them, in the order of a listing, in a folder where one is asked for", async () => {
    const fs = new MemoryTree();
    for (const name of ["a", "b"]) {
      fs.mkdir(`/w/${name}`, { recursive: true });
      fs.writeFile(`/w/${name}/f`, strToU8(name));
    }
    expect(names(await exportZip(fs, "/w"))).toEqual(["a/", "a/f", "b/", "b/f"]);
    expect(names(await exportZip(fs, "/w", { folder: "skill" }))).toEqual([
      "skill/a/",
      "skill/a/f",
      "skill/b/",
      "skill/b/f",
    ]);
    const done: number[] = [];
    await exportZip(fs, "/w", { progress: (files) => void done.push(files) });
    expect(done).toEqual([1, 2, 3, 4]);
  });

  it("has the times of its files, as far as a zip can say them", async () => {
    const fs = new MemoryTree({ now: () => new Date(2024, 4, 6, 7, 8, 10).getTime() });
    fs.writeFile("/f", strToU8("x"));
    const view = new DataView((await exportZip(fs, "/")).buffer);
    expect([view.getUint16(12, true), view.getUint16(10, true)]).toEqual([
      ((2024 - 1980) << 9) | (5 << 5) | 6,
      (7 << 11) | (8 << 5) | (10 / 2),
    ]);
    const old = new MemoryTree({ now: () => 0 });
    old.writeFile("/f", strToU8("x"));
    expect(names(await exportZip(old, "/"))).toEqual(["f"]);
  });

  it("lets others have a turn with each megabyte, and takes none for less", async () => {
    for (const [length, turns] of [
      [2 ** 20 - 1, false],
      [2 ** 20, true],
    ] as const) {
      const fs = new MemoryTree();
      fs.writeFile("/f", new Uint8Array(length));
      let turned = false;
      setTimeout(() => {
        turned = true;
      });
      await exportZip(fs, "/");
      expect(turned).toBe(turns);
    }
  });
});

describe("an import", () => {
  it("makes what directories it needs, and takes them away again when it fails", () => {
    const fs = new MemoryTree({ quotaBytes: 2000 });
    const before = snapshot(fs);
    expect(() => importZip(fs, "/x/y", zipSync({ "a/b/c": strToU8("1"), big: new Uint8Array(5000) }), limits)).toThrow(
      expect.objectContaining({ code: "quota_exceeded" }),
    );
    expect(snapshot(fs)).toEqual(before);
    expect(importZip(fs, "/x/y", zipSync({ "a/b/c": strToU8("1") }), limits)).toEqual({ files: 1 });
    expect(fs.list("/x/y/a/b")).toEqual(["c"]);
  });

  it("tells what no filesystem says as it is", () => {
    const fs = new MemoryTree();
    fs.writeFile = () => {
      throw new RangeError("ours");
    };
    expect(() => importZip(fs, "/x", zipSync({ a: strToU8("1") }), limits)).toThrow(new RangeError("ours"));
    expect(fs.list("/")).toEqual([]);
  });
});

describe("reading", () => {
  it("leaves out what stands for the archive itself, and takes a colon where it means no drive", () => {
    const zip = zipSync({ "./": new Uint8Array(0), "d/c:x": strToU8("1"), "ab:c": strToU8("2") });
    expect(readZip(zip, limits).map(({ name }) => name)).toEqual(["d/c:x", "ab:c"]);
  });

  it("takes as many bytes as are allowed, and gives content of its own", () => {
    const zip = zipSync({ a: [strToU8("12345"), { level: 0 }], b: strToU8("67890") });
    const entries = readZip(zip, { ...limits, archiveBytes: 10 });
    expect(() => readZip(zip, { ...limits, archiveBytes: 9 })).toThrow(
      expect.objectContaining({ code: "invalid_archive", message: expect.stringContaining("more than 9 bytes") }),
    );
    zip.fill(0);
    expect(entries.map(({ content }) => new TextDecoder().decode(content))).toEqual(["12345", "67890"]);
  });

  it("takes content that is inflated in several pieces, whatever their end is", () => {
    for (const length of [16_379, 16_380, 100_000]) {
      const content = noise(length);
      // Without compression deflate adds five bytes for 64 KiB: the first is just one piece of 16 KiB.
      const zip = zipSync({ f: [content, { level: 0 }] });
      const data = deflateRawSync(content, { level: 0 });
      const view = new DataView(zip.buffer);
      const list = view.getUint32(zip.length - 6, true);
      const made = Uint8Array.from([...zip.subarray(0, 31), ...data, ...zip.subarray(list)]);
      const out = new DataView(made.buffer);
      const at = made.length - zip.length + list;
      out.setUint16(at + 10, 8, true);
      out.setUint32(at + 20, data.length, true);
      out.setUint32(made.length - 6, at, true);
      expect(readZip(made, limits)[0]?.content).toEqual(content);
    }
  });

  it("is told of content that is damaged by what is wrong with it", () => {
    const zip = zipSync({ f: [strToU8("x".repeat(50)), { level: 0 }] });
    const list = new DataView(zip.buffer).getUint32(zip.length - 6, true);
    const longer = zip.slice();
    new DataView(longer.buffer).setUint32(list + 24, 51, true);
    expect(() => readZip(longer, limits)).toThrow("Zip entry 'f' is damaged: its size or checksum does not match");
    const deflated = zip.slice();
    deflated[31] = 7;
    new DataView(deflated.buffer).setUint16(list + 10, 8, true);
    expect(() => readZip(deflated, limits)).toThrow(
      expect.objectContaining({ message: "Zip entry 'f' is damaged: invalid block type", cause: expect.any(Error) }),
    );
  });

  it("takes entries with fields and comments of their own", () => {
    const extra = { 4660: new Uint8Array(9) };
    const zip = zipSync({
      a: [strToU8("1"), { extra, comment: "first" }],
      b: [strToU8("2"), { extra, comment: "second" }],
      c: [strToU8("3"), { extra }],
    });
    expect(names(zip)).toEqual(["a", "b", "c"]);
    expect(Object.keys(unzipSync(zip))).toEqual(["a", "b", "c"]);
  });

  it.each<readonly [string, (view: DataView, list: number, zip: Uint8Array) => void]>([
    ["a list at the very end", (view, _, zip) => view.setUint32(zip.length - 6, zip.length - 2, true)],
    ["an entry at the very end", (view, list, zip) => view.setUint32(list + 42, zip.length - 2, true)],
    [
      "an entry that begins in its data",
      (view, list) => {
        view.setUint32(list + 42, 40, true);
        view.setUint32(list + 20, 5, true);
      },
    ],
    ["fields that reach behind the list", (view, list) => view.setUint16(list + 30, 5, true)],
  ])("refuses %s as damaged", (_, change) => {
    const zip = zipSync({ z: [new Uint8Array(200), { level: 0 }] });
    const view = new DataView(zip.buffer);
    change(view, view.getUint32(zip.length - 6, true), zip);
    expect(() => names(zip)).toThrow(
      expect.objectContaining({ code: "invalid_archive", message: "the archive is damaged or cut off" }),
    );
  });
});
