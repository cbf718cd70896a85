/**
 * Lets sqlite3.wasm be interrupted wherever it is. Its progress handler is asked between two steps of its virtual machine,
 * and one step may be `instr()` over megabytes, a NEAR bomb or the index of one huge document. Here every turn of a loop
 * counts, as do the bytes of bulk copies; when a slice is used up, the function at the table index in the global
 * `work_handler` is called (src/sqlite/statement/progress-watch.ts).
 *
 * On the bytes, because wabt needs minutes for a text of this size. Everything is added at the end of a section, so no
 * index shifts.
 * @module
 */
import { concatBytes } from "../../src/base/bytes/concat-bytes.ts";
import { ByteReader, leb, readSections, signedLeb, skipInstruction, vector, writeSections } from "./wasm-bytes.ts";

/** Turns of loops between two calls, about: less than a millisecond. */
const slice = 50_000;
/**
 * A function counts its turns in a local of its own, which costs next to nothing, and pays for so many at once; being
 * entered costs one. So at most so many times the slice go by unseen, where every call makes one turn less.
 */
const turns = 16;
/** Bytes of a bulk copy that weigh as much as a turn of a loop: 2^6. */
const bytesShift = 6;

const sectionId = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;
const i32 = 0x7f;
const op = {
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  call: 0x10,
  callIndirect: 0x11,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  const: 0x41,
  isZero: 0x45,
  lessThan: 0x48,
  subtract: 0x6b,
  shiftRight: 0x76,
  copy: 0xfc0a,
  fill: 0xfc0b,
} as const;
const noResult = 0x40;

/** @throws when the module holds an instruction that the reader does not know */
export function meterSqlite(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const sections = readSections(wasm);
  const body = (id: number): Uint8Array => {
    const found = sections.find((each) => each.id === id);
    if (found === undefined) throw new Error(`sqlite3.wasm has no section ${id}`);
    return found.body;
  };
  const types = vector(body(sectionId.type));
  const functions = vector(body(sectionId.function));
  const globals = vector(body(sectionId.global));
  const pay = importedFunctions(body(sectionId.import)) + functions.count;
  const indices = {
    work: globals.count,
    handler: globals.count + 1,
    pay,
    bulk: pay + 1,
    handlerType: types.count + 1,
  };
  const name = [...new TextEncoder().encode("work_handler")];
  const changed = new Map<number, Uint8Array>([
    // () -> (), (i32) -> (), (i32) -> i32
    [sectionId.type, types.with(3, [0x60, 0, 0, 0x60, 1, i32, 0, 0x60, 1, i32, 1, i32])],
    [sectionId.function, functions.with(2, [...leb(types.count), ...leb(types.count + 2)])],
    [sectionId.global, globals.with(2, [...mutable(slice), ...mutable(0)])],
    [sectionId.export, vector(body(sectionId.export)).with(1, [name.length, ...name, 3, ...leb(indices.handler)])],
    [
      sectionId.code,
      meteredCode(body(sectionId.code), parametersOf(body(sectionId.type), body(sectionId.function)), indices),
    ],
  ]);
  return writeSections(
    wasm,
    sections.map(({ id, body: old }) => ({ id, body: changed.get(id) ?? old })),
  );
}

interface Indices {
  readonly work: number;
  readonly handler: number;
  readonly handlerType: number;
  /** The functions that are called for turns made, and before a bulk copy. */
  readonly pay: number;
  readonly bulk: number;
}

function meteredCode(code: Uint8Array, parameters: readonly number[], indices: Indices): Uint8Array {
  const reader = new ByteReader(code);
  const count = reader.u32();
  if (!hex(code).includes(memcmp)) throw new Error("sqlite3.wasm is another build: its memcmp was not found");
  const bodies = Array.from({ length: count }, (_, i) =>
    meteredFunction(reader.take(reader.u32()), parameters[i] ?? 0, indices),
  );
  bodies.push(Uint8Array.from(payBody(indices)), Uint8Array.from(bulkBody(indices)));
  const sized = bodies.flatMap((each) => [Uint8Array.from(leb(each.length)), each]);
  return concatBytes([Uint8Array.from(leb(bodies.length)), ...sized]);
}

/** `memcmp`, byte for byte: it pays by the length it is given, since its loop is little more than one comparison. */
const memcmp =
  "01037f02402002450d00034020002d0000220420012d00002205460440200141016a2101200041016a2100200241016b22020d010c020b0b" +
  "200420056b21030b20030b";
const memcmpShift = 4;

function meteredFunction(body: Uint8Array, parameters: number, indices: Indices): Uint8Array {
  const isMemcmp = body.length === memcmp.length / 2 && hex(body) === memcmp;
  const reader = new ByteReader(body);
  const groups = reader.u32();
  let left = parameters;
  for (let i = 0; i < groups; i++) {
    left += reader.u32();
    reader.take(1);
  }
  const start = reader.at;
  if (isMemcmp)
    return concatBytes([
      body.subarray(0, start),
      Uint8Array.from(byLength(indices.work, 2, memcmpShift)),
      body.subarray(start),
    ]);
  const turn = Uint8Array.from(turnCode(indices, left));
  const bulk = Uint8Array.from([op.call, ...leb(indices.bulk)]);
  const pieces: Uint8Array[] = [];
  let from = start;
  let loops = 0;
  const insert = (at: number, code: Uint8Array): void => {
    pieces.push(body.subarray(from, at), code);
    from = at;
  };
  while (!reader.done) {
    const at = reader.at;
    const opcode = skipInstruction(reader);
    if (opcode === op.loop) {
      loops++;
      insert(reader.at, turn);
    }
    // The number of bytes is on top of the stack.
    else if (opcode === op.copy || opcode === op.fill) insert(at, bulk);
  }
  const rest = concatBytes([...pieces, body.subarray(from)]);
  if (loops === 0) return concatBytes([body.subarray(0, start), rest]);
  const locals = concatBytes([
    Uint8Array.from(leb(groups + 1)),
    body.subarray(leb(groups).length, start),
    Uint8Array.from([1, i32]),
  ]);
  return concatBytes([locals, Uint8Array.from(entryCode(indices, left)), rest]);
}

/** `if (--left === 0) { left = turns; pay() }` */
function turnCode({ pay }: Indices, left: number): number[] {
  return [
    ...[op.localGet, ...leb(left), op.const, 1, op.subtract, op.localTee, ...leb(left)],
    ...[op.isZero, op.if, noResult, op.const, turns, op.localSet, ...leb(left), op.call, ...leb(pay), op.end],
  ];
}

/** `left = turns; work -= 1`, without a look: whoever calls this without end turns in a loop of its own. */
function entryCode({ work }: Indices, left: number): number[] {
  return [op.const, turns, op.localSet, ...leb(left), ...chargeCode(work, 1)];
}

function chargeCode(work: number, cost: number): number[] {
  return [op.globalGet, ...leb(work), op.const, cost, op.subtract, op.globalSet, ...leb(work)];
}

/**
 * What a function pays for its turns with: `if ((work -= turns) < 0) { work = slice; if (handler) table[handler](0) }`
 */
function payBody({ work, handler, handlerType }: Indices): number[] {
  return [
    ...[0, ...chargeCode(work, turns), op.globalGet, ...leb(work), op.const, 0, op.lessThan, op.if, noResult],
    ...[op.const, ...signedLeb(slice), op.globalSet, ...leb(work), op.globalGet, ...leb(handler), op.if, noResult],
    ...[op.const, 0, op.globalGet, ...leb(handler), op.callIndirect, ...leb(handlerType), 0, op.end, op.end, op.end],
  ];
}

/** `work -= bytes >> bytesShift; return bytes` */
function bulkBody({ work }: Indices): number[] {
  return [...[0, ...byLength(work, 0, bytesShift), op.localGet, 0, op.end]];
}

/** `work -= local >> shift` */
function byLength(work: number, local: number, shift: number): number[] {
  return [
    ...[op.globalGet, ...leb(work), op.localGet, local, op.const, shift, op.shiftRight, op.subtract],
    ...[op.globalSet, ...leb(work)],
  ];
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** How many parameters each function of the module has. */
function parametersOf(types: Uint8Array, functions: Uint8Array): number[] {
  const reader = new ByteReader(types);
  const counts: number[] = [];
  for (let i = reader.u32(); i > 0; i--) {
    reader.take(1);
    const parameters = reader.u32();
    reader.take(parameters);
    reader.take(reader.u32());
    counts.push(parameters);
  }
  const indices = new ByteReader(functions);
  return Array.from({ length: indices.u32() }, () => counts[indices.u32()] ?? 0);
}

function mutable(value: number): number[] {
  return [i32, 1, op.const, ...signedLeb(value), op.end];
}

function importedFunctions(section: Uint8Array): number {
  const reader = new ByteReader(section);
  let functions = 0;
  for (let i = reader.u32(); i > 0; i--) {
    reader.take(reader.u32());
    reader.take(reader.u32());
    const kind = reader.byte();
    if (kind === 0) functions++;
    if (kind === 0) reader.skipNumber();
    else if (kind === 2) limits(reader);
    else throw new Error(`sqlite3.wasm imports something of kind ${kind}`);
  }
  return functions;
}

function limits(reader: ByteReader): void {
  const flags = reader.byte();
  reader.skipNumber();
  if ((flags & 1) !== 0) reader.skipNumber();
}
