/**
 * The members of a `.tar.gz` that one asks for: ustar with GNU and pax long names. Links and devices are passed over.
 * @module
 */

import { Gunzip } from "fflate";
import { concatBytes } from "../../base/bytes/concat-bytes.ts";

const block = 512;

/** @throws Error when the archive is broken or larger than `maxBytes` when unpacked. */
export function readTarGz(bytes: Uint8Array, maxBytes: number): Array<{ name: string; content: Uint8Array }> {
  return readTar(gunzip(bytes, maxBytes));
}

/** Streams, so that a bomb stops at the limit instead of in the allocator. */
function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let total = 0;
  const stream = new Gunzip((chunk) => {
    total += chunk.byteLength;
    if (total > maxBytes) throw new Error(`the archive unpacks to more than ${maxBytes} bytes (limits.archiveBytes)`);
    chunks.push(chunk);
  });
  const step = 64 * 1024;
  for (let at = 0; at < bytes.byteLength; at += step)
    stream.push(bytes.subarray(at, at + step), at + step >= bytes.byteLength);
  return concatBytes(chunks);
}

function readTar(bytes: Uint8Array): Array<{ name: string; content: Uint8Array }> {
  const members: Array<{ name: string; content: Uint8Array }> = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= bytes.byteLength; ) {
    const header = bytes.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    const size = sizeField(header);
    const content = bytes.subarray(at + block, at + block + size);
    if (content.byteLength !== size) throw new Error("unexpected end of the tar archive");
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === "L") longName = field(content, 0, size);
    else if (type === "x") longName = paxPath(content) ?? longName;
    else if (type === "0" || type === "\0" || type === "7") {
      const prefix = field(header, 257, 5) === "ustar" ? field(header, 345, 155) : "";
      const name = longName ?? (prefix === "" ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`);
      members.push({ name, content });
    }
    if (type !== "L" && type !== "x") longName = undefined;
    at += block + Math.ceil(size / block) * block;
  }
  return members;
}

function field(bytes: Uint8Array, start: number, length: number): string {
  const raw = bytes.subarray(start, start + length);
  const end = raw.indexOf(0);
  return new TextDecoder().decode(end < 0 ? raw : raw.subarray(0, end));
}

function sizeField(header: Uint8Array): number {
  const size = Number.parseInt(field(header, 124, 12).trim() || "0", 8);
  if (!Number.isFinite(size) || size < 0) throw new Error("a tar header has no valid size");
  return size;
}

/** Records are `<length> key=value\n`. */
function paxPath(content: Uint8Array): string | undefined {
  for (const record of new TextDecoder().decode(content).split("\n")) {
    const match = /^\d+ path=(.*)$/.exec(record);
    if (match) return match[1];
  }
  return undefined;
}
