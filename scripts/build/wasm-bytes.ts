/**
 * Just enough of the binary format of WebAssembly to add code to a module: numbers, sections, and where an instruction ends.
 * https://webassembly.github.io/spec/core/binary/
 * @module
 */
import { concatBytes } from "../../src/base/bytes/concat-bytes.ts";

export class ByteReader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error("the wasm module ends too early");
    return byte;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  take(length: number): Uint8Array {
    const piece = this.bytes.subarray(this.at, this.at + length);
    if (piece.length !== length) throw new Error("the wasm module ends too early");
    this.at += length;
    return piece;
  }

  /** Skips a LEB128 number of any width. */
  skipNumber(): void {
    while (this.byte() >= 128);
  }
}

export function leb(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest & 127) | 128);
  out.push(rest);
  return out;
}

/** For `i32.const`: what {@link leb} gives for a number whose sign bit would be set goes on for one byte more. */
export function signedLeb(value: number): number[] {
  const out = leb(value);
  const last = out.length - 1;
  if (((out[last] as number) & 64) === 0) return out;
  return [...out.slice(0, last), (out[last] as number) | 128, 0];
}

export interface Section {
  readonly id: number;
  readonly body: Uint8Array;
}

export function readSections(wasm: Uint8Array): Section[] {
  const reader = new ByteReader(wasm);
  reader.take(8);
  const out: Section[] = [];
  while (!reader.done) {
    const id = reader.byte();
    out.push({ id, body: reader.take(reader.u32()) });
  }
  return out;
}

export function writeSections(wasm: Uint8Array, sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const pieces = sections.flatMap(({ id, body }) => [Uint8Array.from([id, ...leb(body.length)]), body]);
  return concatBytes([wasm.subarray(0, 8), ...pieces]);
}

/** A section that is a vector: its length, and the section with more at its end. */
export function vector(body: Uint8Array): { count: number; with(more: number, bytes: readonly number[]): Uint8Array } {
  const reader = new ByteReader(body);
  const count = reader.u32();
  const rest = body.subarray(reader.at);
  return {
    count,
    with: (more, bytes) => concatBytes([Uint8Array.from(leb(count + more)), rest, Uint8Array.from(bytes)]),
  };
}

/** Immediates of the instructions that have some: b byte, n number, m memory argument, f4/f8 constants. */
const immediates = new Map<number, string>([
  ...range(0x02, 0x04, "n"),
  ...range(0x0c, 0x0d, "n"),
  [0x0e, "t"],
  [0x10, "n"],
  [0x11, "nn"],
  ...range(0x20, 0x24, "n"),
  ...range(0x28, 0x3e, "nn"),
  ...range(0x3f, 0x42, "n"),
  [0x43, "f4"],
  [0x44, "f8"],
]);
const without: ReadonlyArray<readonly [number, number]> = [
  [0x00, 0x01],
  [0x05, 0x05],
  [0x0b, 0x0b],
  [0x0f, 0x0f],
  [0x1a, 0x1b],
  [0x45, 0xc4],
];
/** After 0xfc: conversions, then memory.init, data.drop, memory.copy, memory.fill. */
const prefixed = ["", "", "", "", "", "", "", "", "nn", "n", "nn", "n"];

/** Skips the instruction the reader stands on; answers its opcode, those after 0xfc as 0xfc00 and their number. */
export function skipInstruction(reader: ByteReader): number {
  const opcode = reader.byte();
  if (opcode === 0xfc) {
    const number = reader.u32();
    const shape = prefixed[number];
    if (shape === undefined) throw new Error(`unknown instruction 0xfc ${number}`);
    skip(reader, shape);
    return 0xfc00 + number;
  }
  const shape = immediates.get(opcode);
  if (shape !== undefined) skip(reader, shape);
  else if (!without.some(([from, to]) => opcode >= from && opcode <= to)) {
    throw new Error(`unknown instruction 0x${opcode.toString(16)}`);
  }
  return opcode;
}

function skip(reader: ByteReader, shape: string): void {
  if (shape.startsWith("f")) reader.take(Number(shape[1]));
  else if (shape === "t") for (let i = reader.u32() + 1; i > 0; i--) reader.skipNumber();
  else for (let i = 0; i < shape.length; i++) reader.skipNumber();
}

function range(from: number, to: number, shape: string): Array<[number, string]> {
  return Array.from({ length: to - from + 1 }, (_, i) => [from + i, shape]);
}
