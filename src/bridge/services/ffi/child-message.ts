/**
 * What crosses to the process of native libraries, each way: two lengths (32 bits, little endian: of the JSON, of the bytes), the
 * JSON, then the bytes one after the other. In the JSON `{"$b":[offset,length]}` stands for bytes, `{"$n":"-5"}` for a 64-bit
 * integer and `{"$f":"NaN"}` for a number that JSON has not; ffi-child.mjs does the same. The process reads and writes without an event loop: it has nothing else to wait for.
 * @module
 */

const headBytes = 8;
const nothing = Buffer.alloc(0);

/** Object keys come from this package only, never from a skill. */
export function toChild(value: unknown): Buffer {
  const parts: Uint8Array[] = [];
  let length = 0;
  const packed = (each: unknown): unknown => {
    if (typeof each === "bigint") return { $n: String(each) };
    if (typeof each === "number" && !isJson(each)) return { $f: Object.is(each, -0) ? "-0" : String(each) };
    if (typeof each !== "object" || each === null) return each;
    if (Array.isArray(each)) return each.map(packed);
    if (!(each instanceof Uint8Array)) return mapped(each, packed);
    parts.push(each);
    length += each.length;
    return { $b: [length - each.length, each.length] };
  };
  const json = Buffer.from(JSON.stringify(packed(value)));
  const head = Buffer.allocUnsafe(headBytes);
  head.writeUInt32LE(json.length, 0);
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, json, ...parts]);
}

/** Puts the messages of a child together out of what its pipe delivers. */
export class ChildMessages {
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes of the message that comes, as far as its head is here. */
  #wanted = headBytes;

  constructor(private readonly hear: (message: unknown) => void) {}

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    while (this.#length >= this.#wanted) {
      const all = this.#chunks.length === 1 ? (this.#chunks[0] ?? nothing) : Buffer.concat(this.#chunks);
      this.#chunks = [all];
      const jsonLength = all.readUInt32LE(0);
      const end = headBytes + jsonLength + all.readUInt32LE(4);
      this.#wanted = end;
      if (all.length < end) return;
      this.#wanted = headBytes;
      this.#length = all.length - end;
      this.#chunks = this.#length > 0 ? [all.subarray(end)] : [];
      const bytes = all.subarray(headBytes + jsonLength, end);
      this.hear(unpacked(JSON.parse(all.toString("utf8", headBytes, headBytes + jsonLength)), bytes));
    }
  }
}

function unpacked(value: unknown, bytes: Buffer): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => unpacked(each, bytes));
  const { $n, $f, $b } = value as { readonly $n?: unknown; readonly $f?: unknown; readonly $b?: unknown };
  if (typeof $n === "string") return BigInt($n);
  if (typeof $f === "string") return Number($f);
  // A copy: what the pipe delivered goes on.
  if (Array.isArray($b)) return new Uint8Array(bytes.subarray(Number($b[0]), Number($b[0]) + Number($b[1])));
  return mapped(value, (each) => unpacked(each, bytes));
}

const isJson = (value: number) => Number.isFinite(value) && !Object.is(value, -0);

function mapped(value: object, map: (member: unknown) => unknown): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) out[key] = map(member);
  return out;
}
