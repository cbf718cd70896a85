import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readZipDirectory } from "./zip-directory.ts";

const endBytes = 22;
const damaged = "the archive is damaged or cut off";
const files = { "a.txt": strToU8("aaa"), "d/b.txt": strToU8("b".repeat(500)) };

function names(zip: Uint8Array, most = 10): string[] {
  return readZipDirectory(zip, most).map(({ name }) => name);
}

const viewOf = (zip: Uint8Array): DataView => new DataView(zip.buffer, zip.byteOffset, zip.byteLength);

/** With a zip64 record before the end, whose own count and place say nothing any more. */
function wideZip(change: (record: DataView, locator: DataView) => void = () => {}): Uint8Array {
  const zip = zipSync(files);
  const plain = viewOf(zip);
  const at = zip.length - endBytes;
  const start = plain.getUint32(at + 16, true);
  const record = viewOf(new Uint8Array(56));
  record.setUint32(0, 0x06064b50, true);
  record.setBigUint64(4, 44n, true);
  record.setBigUint64(24, 2n, true);
  record.setBigUint64(32, 2n, true);
  record.setBigUint64(48, BigInt(start), true);
  const locator = viewOf(new Uint8Array(20));
  locator.setUint32(0, 0x07064b50, true);
  locator.setBigUint64(8, BigInt(at), true);
  change(record, locator);
  const end = zip.slice(at);
  viewOf(end).setUint16(10, 0xffff, true);
  viewOf(end).setUint32(16, 0xffffffff, true);
  const parts = [zip.subarray(0, at), new Uint8Array(record.buffer), new Uint8Array(locator.buffer), end];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe("the end of a zip", () => {
  it("is found behind a comment, however long", () => {
    const zip = zipSync(files);
    expect(names(zip)).toEqual(["a.txt", "d/b.txt"]);
    for (const length of [1, 0xffff])
      expect(names(Uint8Array.from([...zip, ...new Uint8Array(length)]))).toHaveLength(2);
    expect(() => names(Uint8Array.from([...zip, ...new Uint8Array(0x10000)]))).toThrow("or its end is missing");
  });

  it("alone is an archive of nothing", () => {
    const empty = new Uint8Array(endBytes);
    viewOf(empty).setUint32(0, 0x06054b50, true);
    expect(names(empty)).toEqual([]);
    expect(() => names(empty.subarray(0, 21))).toThrow("this is not a zip archive");
  });

  it.each([
    ["", "(found nothing)"],
    ["7z\xbc\xaf\x27", "(found a 7z archive)"],
    ["Rar!\x1a", "(found a RAR archive)"],
    ["\x1f\x8b\x08", "(found a gzip file (.tar.gz))"],
    ["BZh9", "(found a bzip2 file)"],
    ["\xfd7zXZ\0", "(found an xz file)"],
    ["<!DOCTYPE html>", "(found a text in HTML or XML, perhaps an error page)"],
    ['{"message":"Not Found"}', "(found a text in JSON)"],
    ["hello", "its end is missing"],
  ])("of %j is missing, and what it is instead is said", (text, found) => {
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    expect(() => names(bytes)).toThrow(
      expect.objectContaining({
        code: "invalid_archive",
        message: expect.stringMatching(new RegExp(`${found.replace(/[().]/g, "\\$&")}$`)),
      }),
    );
  });

  it("names no more entries than are allowed", () => {
    expect(names(zipSync(files), 2)).toHaveLength(2);
    expect(() => names(zipSync(files), 1)).toThrow(
      "the archive has 2 entries; at most 1 are allowed (limits.archiveEntries)",
    );
  });
});

describe("the zip64 record", () => {
  it("has the count and the place where the end has none", () => {
    expect(names(wideZip())).toEqual(["a.txt", "d/b.txt"]);
  });

  it.each<[string, (record: DataView, locator: DataView) => void]>([
    ["that ends behind its locator", (_, locator) => locator.setBigUint64(8, locator.getBigUint64(8, true) + 1n, true)],
    ["that begins before its place", (_, locator) => locator.setBigUint64(8, locator.getBigUint64(8, true) - 1n, true)],
    ["at the very end", (_, locator) => locator.setBigUint64(8, locator.getBigUint64(8, true) + 96n, true)],
    ["beyond all bytes", (_, locator) => locator.setBigUint64(8, 2n ** 63n, true)],
    ["that is none", (record) => record.setUint32(0, 0x06064b51, true)],
    ["with a list that is elsewhere", (record) => record.setBigUint64(48, 1n, true)],
    ["with a list beyond all bytes", (record) => record.setBigUint64(48, 2n ** 63n, true)],
    ["with more entries than there are", (record) => record.setBigUint64(32, 3n, true)],
  ])("%s is damage", (_, change) => {
    expect(() => names(wideZip(change))).toThrow(damaged);
  });

  it("may claim any number of entries", () => {
    expect(() => names(wideZip((record) => record.setBigUint64(32, 2n ** 40n, true)))).toThrow(
      "the archive has 1099511627776 entries; at most 10 are allowed",
    );
  });

  it("is not looked for where its locator is none", () => {
    const zip = wideZip((_, locator) => locator.setUint32(0, 0, true));
    expect(() => names(zip)).toThrow("the archive has 65535 entries");
  });
});

describe("an entry", () => {
  /** With one number of the first entry of the list changed; `size` bytes wide. */
  const changed = (offset: number, value: number, size: 2 | 4 = 4) => {
    const zip = zipSync(files, { level: 0 });
    const view = viewOf(zip);
    const at = view.getUint32(zip.length - endBytes + 16, true) + offset;
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    return zip;
  };

  it.each<[string, Uint8Array, string]>([
    ["without its signature", changed(0, 1), damaged],
    ["whose name is longer than the list", changed(28, 0xffff, 2), damaged],
    ["whose data begin beyond all bytes", changed(42, 0x7fffffff), damaged],
    ["whose data begin at no entry", changed(42, 1), damaged],
    ["whose data end beyond all bytes", changed(20, 100_000), damaged],
    ["that is encrypted", changed(8, 1, 2), "entry 'a.txt' is encrypted"],
    ["of another method", changed(10, 12, 2), "entry 'a.txt' uses compression method 12; only stored and deflated"],
    ["that reaches into the next", changed(20, 60), "Zip entry 'd/b.txt' shares bytes with another one"],
  ])("%s is refused", (_, zip, text) => {
    expect(() => names(zip)).toThrow(
      expect.objectContaining({ code: "invalid_archive", message: expect.stringContaining(text) }),
    );
  });

  it("says what it is: kind, method, sizes and sum", () => {
    const [folder, stored, deflated] = readZipDirectory(
      zipSync({
        "d/": new Uint8Array(),
        "s.txt": [strToU8("abc"), { level: 0 }],
        "z.txt": [strToU8("b".repeat(500)), { level: 9 }],
      }),
      10,
    );
    expect([folder?.isDirectory, stored?.isDirectory]).toEqual([true, false]);
    expect([stored?.method, deflated?.method]).toEqual(["stored", "deflated"]);
    expect([stored?.size, deflated?.size, stored?.compressed]).toEqual([3, 500, strToU8("abc")]);
    expect(stored?.crc32).toBe(0x352441c2);
  });
});
