/**
 * GBK and GB18030 encoders. Platforms only decode these, so the reverse tables are read off the platform's own decoder,
 * once, when the first text has to be encoded (about 20 ms).
 * @module
 */
import { charge } from "../../base/work.ts";

/** What a character costs to encode. */
const characterUnits = 5;
/** What an entry of the tables costs to make. */
const entryUnits = 60;

interface Tables {
  /** Code point → two bytes, as one number. */
  readonly two: ReadonlyMap<number, number>;
  /** Code point of the basic plane → four-byte pointer. */
  readonly four: ReadonlyMap<number, number>;
}
// allowed: tables of an encoding, a pure memo
let tables: Tables | undefined;

/** Every four-byte pointer of the basic plane; the supplementary planes are arithmetic. */
const basicPlanePointers = 39_420;
const supplementaryPointer = 189_000;

function fourBytes(pointer: number): [number, number, number, number] {
  return [
    0x81 + Math.floor(pointer / 12_600),
    0x30 + (Math.floor(pointer / 1260) % 10),
    0x81 + (Math.floor(pointer / 10) % 126),
    0x30 + (pointer % 10),
  ];
}

function buildTables(): Tables {
  // A line feed after each sequence resynchronises the decoder, so that one refused sequence cannot shift the others.
  const decoder = new TextDecoder("gb18030");
  const two = new Map<number, number>();
  const pairs: number[] = [];
  const bytes: number[] = [];
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    charge(0xbe * entryUnits);
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      pairs.push((lead << 8) | trail);
      bytes.push(lead, trail, 10);
    }
  }
  const addAll = (target: Map<number, number>, text: string, keys: (i: number) => number | undefined) => {
    text.split("\n").forEach((piece, i) => {
      charge(entryUnits);
      const key = keys(i);
      const code = piece.codePointAt(0);
      if (key === undefined || code === undefined || code === 0xfffd || [...piece].length !== 1) return;
      // A code point reachable in two ways is written in the first.
      if (code > 0x7f && !target.has(code)) target.set(code, key);
    });
  };
  addAll(two, decoder.decode(Uint8Array.from(bytes)), (i) => pairs[i]);

  const four = new Map<number, number>();
  const long = new Uint8Array(basicPlanePointers * 5);
  for (let pointer = 0; pointer < basicPlanePointers; pointer++) {
    charge(entryUnits);
    long.set([...fourBytes(pointer), 10], pointer * 5);
  }
  addAll(four, decoder.decode(long), (i) => (i < basicPlanePointers ? i : undefined));
  return { two, four };
}

/** Undefined when a character has no place in the encoding. */
export function encodeGb(text: string, encoding: "gbk" | "gb18030"): Uint8Array | undefined {
  const out = new Uint8Array(4 * text.length);
  let at = 0;
  let read = 0;
  for (const character of text) {
    if ((read++ & 0x3ff) === 0) charge(0x400 * characterUnits);
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) {
      out[at++] = code;
      continue;
    }
    // The euro sign is the one place where the two differ below four bytes.
    if (encoding === "gbk" && code === 0x20ac) {
      out[at++] = 0x80;
      continue;
    }
    tables ??= buildTables();
    const pair = tables.two.get(code);
    if (pair !== undefined) {
      out[at++] = pair >> 8;
      out[at++] = pair & 0xff;
      continue;
    }
    if (encoding === "gbk") return undefined;
    const pointer = code > 0xffff ? supplementaryPointer + code - 0x10000 : tables.four.get(code);
    if (pointer === undefined) return undefined;
    out.set(fourBytes(pointer), at);
    at += 4;
  }
  return out.slice(0, at);
}
