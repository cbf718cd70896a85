import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../base/bytes/crc32.ts";
import { type ArchiveLimits, readZip } from "./read-zip.ts";

const limits: ArchiveLimits = { archiveEntries: 100, archiveBytes: 1e6 };

interface Style {
  /** Sizes and offsets in the zip64 fields, as streaming tools and `zip -fz` write them. */
  readonly wide?: boolean;
  /** Sizes behind the data: without and with the record's signature. */
  readonly descriptor?: "bare" | "signed";
  readonly stored?: boolean;
  readonly utf8?: boolean;
  /** Info-ZIP's field with the name in UTF-8. */
  readonly unicodePath?: string;
  /** What stands before the first record, as in an archive that unpacks itself. */
  readonly before?: number;
  readonly comment?: string;
}

const u16 = (...values: number[]) => Buffer.concat(values.map((v) => Buffer.from(Uint16Array.of(v).buffer)));
const u32 = (...values: number[]) => Buffer.concat(values.map((v) => Buffer.from(Uint32Array.of(v).buffer)));
const u64 = (...values: number[]) => Buffer.concat(values.map((v) => Buffer.from(BigUint64Array.of(BigInt(v)).buffer)));
const unset = 0xffffffff;

function zipOf(name: string | Buffer, text: string, style: Style = {}): Uint8Array {
  const nameBytes = Buffer.from(name);
  const content = Buffer.from(text);
  const data = style.stored ? content : deflateRawSync(content);
  const method = style.stored ? 0 : 8;
  const flags = (style.utf8 ? 0x800 : 0) | (style.descriptor ? 8 : 0);
  const sum = crc32(content);
  const offset = style.before ?? 0;
  const inLocal = style.descriptor
    ? u32(0, 0, 0)
    : u32(sum, ...(style.wide ? [unset, unset] : [data.length, content.length]));
  const localExtra = style.wide ? Buffer.concat([u16(1, 16), u64(content.length, data.length)]) : Buffer.alloc(0);
  const signature = style.descriptor === "signed" ? u32(0x08074b50) : Buffer.alloc(0);
  const descriptor = style.descriptor
    ? Buffer.concat([signature, u32(sum, data.length, content.length)])
    : Buffer.alloc(0);
  const local = Buffer.concat([
    Buffer.alloc(offset, "x"),
    u32(0x04034b50),
    u16(45, flags, method, 0, 33),
    inLocal,
    u16(nameBytes.length, localExtra.length),
    nameBytes,
    localExtra,
    data,
    descriptor,
  ]);
  const path = style.unicodePath;
  const extra = Buffer.concat([
    style.wide ? Buffer.concat([u16(1, 24), u64(content.length, data.length, offset)]) : Buffer.alloc(0),
    path === undefined
      ? Buffer.alloc(0)
      : Buffer.concat([
          u16(0x7075, 5 + Buffer.byteLength(path)),
          Buffer.of(1),
          u32(crc32(nameBytes)),
          Buffer.from(path),
        ]),
  ]);
  const sizes = style.wide ? [unset, unset] : [data.length, content.length];
  const directory = Buffer.concat([
    u32(0x02014b50),
    u16(45, 45, flags, method, 0, 33),
    u32(sum, ...sizes),
    u16(nameBytes.length, extra.length, 0, 0, 0),
    u32(0, style.wide ? unset : offset),
    nameBytes,
    extra,
  ]);
  const at = local.length + directory.length;
  const wideEnd = style.wide
    ? Buffer.concat([
        u32(0x06064b50),
        u64(44),
        u16(45, 45),
        u32(0, 0),
        u64(1, 1, directory.length, local.length),
        u32(0x07064b50, 0),
        u64(at),
        u32(1),
      ])
    : Buffer.alloc(0);
  const comment = Buffer.from(style.comment ?? "");
  const end = style.wide
    ? Buffer.concat([u32(0x06054b50), u16(0, 0, 0xffff, 0xffff), u32(unset, unset)])
    : Buffer.concat([u32(0x06054b50), u16(0, 0, 1, 1), u32(directory.length, local.length)]);
  return Buffer.concat([local, directory, wideEnd, end, u16(comment.length), comment]);
}

const read = (bytes: Uint8Array) =>
  readZip(bytes, limits).map(({ name, content }) => [name, new TextDecoder().decode(content)]);

describe("zips of other tools", () => {
  test.each<[string, Style]>([
    ["deflated", {}],
    ["stored", { stored: true }],
    ["zip64", { wide: true }],
    ["zip64, stored", { wide: true, stored: true }],
    ["data descriptors", { descriptor: "signed" }],
    ["data descriptors without a signature", { descriptor: "bare" }],
    ["stored with data descriptors", { descriptor: "signed", stored: true }],
    ["an archive that unpacks itself", { before: 300 }],
    ["zip64 that unpacks itself", { before: 300, wide: true }],
    ["with a comment", { comment: "made by hand" }],
    [
      "with a comment that looks like an end",
      { comment: "PK\x05\x06 and again PK\x05\x06, for more than an end has".repeat(3) },
    ],
  ])("%s", (_, style) => {
    expect(read(zipOf("odd/a.txt", "hello hello hello", style))).toEqual([["odd/a.txt", "hello hello hello"]]);
  });

  test("something in front that its offsets do not count", () => {
    const zip = zipOf("odd/a.txt", "hello", {});
    const before = Buffer.from("#!/bin/sh\nexec unzip\n".repeat(20));
    expect(read(Buffer.concat([before, zip]))).toEqual([["odd/a.txt", "hello"]]);
  });

  test.each<[string, string | Buffer, Style, string]>([
    ["UTF-8 with its flag", "odd/größe 数.txt", { utf8: true }, "odd/größe 数.txt"],
    ["UTF-8 without its flag", "odd/größe 数.txt", {}, "odd/größe 数.txt"],
    ["CP437", Buffer.from([0x67, 0x72, 0x94, 0xe1, 0x65, 0x81, 0x9b]), {}, "größeü¢"],
    ["the first of CP437's upper half", Buffer.from([0x80, 0x7e]), {}, "Ç~"],
    ["broken UTF-8 with its flag", Buffer.from([0x67, 0x94]), { utf8: true }, "g\ufffd"],
    ["a Unicode field with a mark of its byte order", "a.txt", { unicodePath: "\ufeffb.txt" }, "\ufeffb.txt"],
    ["a Unicode field without a name", "a.txt", { unicodePath: "" }, "a.txt"],
    ["a Unicode field beside CP437", Buffer.from([0x67, 0x94]), { unicodePath: "gö数" }, "gö数"],
    ["backslashes of Windows", "odd\\runtime\\hi.lua", {}, "odd/runtime/hi.lua"],
    ["./ in front", "./odd/a.txt", {}, "odd/a.txt"],
  ])("names: %s", (_, name, style, expected) => {
    expect(read(zipOf(name, "x", style)).map(([each]) => each)).toEqual([expected]);
  });

  test("a Unicode field made for another name does not count", () => {
    const bytes = Buffer.from(zipOf("a.txt", "x", { unicodePath: "../b.txt" }));
    bytes.writeUInt8(bytes.readUInt8(bytes.indexOf("up\x0d\0\x01") + 5) ^ 1, bytes.indexOf("up\x0d\0\x01") + 5);
    expect(read(bytes)).toEqual([["a.txt", "x"]]);
  });

  test("a Unicode field of a later version does not count", () => {
    const bytes = Buffer.from(zipOf("a.txt", "x", { unicodePath: "b.txt" }));
    bytes.writeUInt8(2, bytes.indexOf("up\x0a\0\x01") + 4);
    expect(read(bytes)).toEqual([["a.txt", "x"]]);
  });

  test("the rules hold for the name that counts", () => {
    expect(() => read(zipOf("a.txt", "x", { unicodePath: "../b.txt" }))).toThrow("parent-directory traversal");
  });

  test.each<[string, (bytes: Buffer) => void]>([
    ["the directory lies nowhere", (bytes) => bytes.writeBigUInt64LE(1n << 60n, bytes.indexOf("PK\x06\x06") + 48)],
    ["the record lies nowhere", (bytes) => bytes.writeBigUInt64LE(1n << 60n, bytes.indexOf("PK\x06\x07") + 8)],
    [
      "an entry lies nowhere",
      (bytes) => bytes.writeBigUInt64LE(1n << 60n, bytes.indexOf("PK\x01\x02") + 46 + 5 + 4 + 16),
    ],
    ["the field is too short", (bytes) => bytes.writeUInt16LE(8, bytes.indexOf("PK\x01\x02") + 46 + 5 + 2)],
  ])("a zip64 in which %s is damaged", (_, damage) => {
    const bytes = Buffer.from(zipOf("a.txt", "x", { wide: true }));
    damage(bytes);
    expect(() => read(bytes)).toThrow("the archive is damaged or cut off");
  });

  test("a zip64 may not have more entries than are allowed", () => {
    const bytes = Buffer.from(zipOf("a.txt", "x", { wide: true }));
    bytes.writeBigUInt64LE(1n << 40n, bytes.indexOf("PK\x06\x06") + 32);
    expect(() => read(bytes)).toThrow("at most 100 are allowed (limits.archiveEntries)");
  });

  test.each([
    ["7z\xbc\xaf\x27\x1c", "a 7z archive"],
    ["Rar!\x1a\x07", "a RAR archive"],
    ["\x1f\x8b\x08", "a gzip file (.tar.gz)"],
    ["<!doctype html>", "a text in HTML or XML, perhaps an error page"],
    ['{"message":"Not Found"}', "a text in JSON"],
    ["", "nothing"],
  ])("says what %j is", (begin, kind) => {
    const bytes = Buffer.concat([Buffer.from(begin, "latin1"), Buffer.alloc(begin === "" ? 0 : 100)]);
    expect(() => read(bytes)).toThrow(`this is not a zip archive, or its end is missing (found ${kind})`);
  });
});
