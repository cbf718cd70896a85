// The helper process of the service `ffi`: it loads libraries and calls them. Run as text by ffi-process.ts, with the address of
// koffi as its argument. A library that crashes takes this process with it, and nothing else.
import { readSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

const koffi = createRequire(process.argv[1])(process.argv[1]);

/** id → library; 0 is what this process itself has: the C library. */
const libraries = new Map();
/** `space:id` → memory of Lua as C sees it. */
const twins = new Map();
/** id → how it is called, and what it takes. */
const declared = new Map();
let twinBytes = 0;

/** Between blocks, so that the end of one is not the start of the next. */
const gap = 16;

const methods = {
  open({ id, files, global }) {
    let failure;
    for (const file of files) {
      try {
        libraries.set(id, koffi.load(file, { global }));
        return undefined;
      } catch (error) {
        failure ??= error;
      }
    }
    throw new Error(`${files[0] ?? "the C library"}: ${failure?.message ?? "not found"}`);
  },
  resolve({ library, symbol, id, signature }) {
    const work = functionOf(library, symbol, signature ?? nothing);
    if (signature !== undefined) declared.set(id, { work, signature });
  },
  call({ space, id, values, blocks, freed, errno, mostBytes }) {
    const { work, signature } = declared.get(id);
    for (const id of freed) release(`${space}:${id}`);
    const sent = blocks.map((block) => ({
      block,
      twin: twinOf(`${space}:${block.id}`, block.bytes.length, mostBytes),
    }));
    for (const { block, twin } of sent) copyIn(space, block, twin);
    const before = sent.map(({ twin }) => Buffer.from(twin.view));
    const { parameters, returns, isVariadic } = signature;
    const args = [];
    values.forEach((value, i) => {
      // Behind `...` each argument comes with its type.
      if (isVariadic && i >= signature.fixed) args.push(typeOf(parameters[i]));
      args.push(passed(space, value, parameters[i]));
    });
    koffi.errno(errno);
    const value = work(...args);
    const after = koffi.errno();
    const changed = sent
      .map(({ block, twin }, i) => ({ block, twin, old: before[i] }))
      .filter(({ block, twin, old }) => !block.constant && !old.equals(twin.view))
      .map(({ block, twin }) => ({ id: block.id, bytes: Buffer.from(twin.view), links: linksOf(space, twin) }));
    return { value: returned(space, value, returns), blocks: changed, errno: after };
  },
  read: ({ address, size }) => Buffer.from(koffi.view(address, size)),
  write({ address, bytes }) {
    new Uint8Array(koffi.view(address, bytes.length)).set(bytes);
  },
  length({ address }) {
    strlen ??= functionOf(0, "strlen", { returns: "uint64", parameters: ["pointer"], isVariadic: false });
    return Number(strlen(address));
  },
};
const nothing = { returns: "void", parameters: [], isVariadic: false };
let strlen;

function functionOf(library, symbol, { returns, parameters, isVariadic, fixed }) {
  if (library === 0 && !libraries.has(0)) libraries.set(0, koffi.load(null));
  const from = libraries.get(library);
  if (from === undefined) throw new Error("the library is not open");
  const types = (isVariadic ? parameters.slice(0, fixed) : parameters).map(typeOf);
  try {
    return from.func(symbol, typeOf(returns), isVariadic ? [...types, "..."] : types);
  } catch (error) {
    if (/Cannot find function/.test(error.message)) throw new Error(`undefined symbol: ${symbol}`);
    throw error;
  }
}

const structs = new Map();

function typeOf(type) {
  if (type === "pointer") return "void *";
  if (typeof type === "string") return type;
  const key = JSON.stringify(type);
  let found = structs.get(key);
  if (found === undefined) {
    found = koffi.struct(Object.fromEntries(type.struct.map((part, i) => [`m${i}`, typeOf(part.type)])));
    const fits = type.struct.every((part, i) => koffi.offsetof(found, `m${i}`) === part.offset);
    if (!fits || koffi.sizeof(found) !== type.size) {
      throw new Error("a struct with its own alignment cannot be passed by value; pass a pointer to it");
    }
    structs.set(key, found);
  }
  return found;
}

function twinOf(key, size, mostBytes) {
  let twin = twins.get(key);
  if (twin !== undefined && twin.view.length !== size) {
    release(key);
    twin = undefined;
  }
  if (twin === undefined) {
    if (twinBytes + size > mostBytes) {
      throw new Error(`more than ${mostBytes} bytes of memory are shared with libraries (limits.mirrorBytes)`);
    }
    const address = koffi.address(koffi.alloc("uint8", size + gap));
    twin = { key, address, view: new Uint8Array(koffi.view(address, size)) };
    twinBytes += size;
    twins.set(key, twin);
  }
  return twin;
}

function release(key) {
  const twin = twins.get(key);
  if (twin === undefined) return;
  twins.delete(key);
  twinBytes -= twin.view.length;
  koffi.free(twin.address);
}

function copyIn(space, { bytes, links }, twin) {
  twin.view.set(bytes);
  const view = new DataView(twin.view.buffer, twin.view.byteOffset, twin.view.byteLength);
  for (const [at, id, offset] of links) {
    const target = twins.get(`${space}:${id}`);
    if (target !== undefined) view.setBigUint64(at, target.address + BigInt(offset), true);
  }
}

function passed(space, value, type) {
  if ("block" in value) {
    const twin = twins.get(`${space}:${value.block}`);
    return twin.address + BigInt(value.offset);
  }
  if ("address" in value) return value.address;
  if ("bytes" in value) {
    const memory = koffi.alloc("uint8", Math.max(1, value.bytes.length));
    new Uint8Array(koffi.view(memory, value.bytes.length)).set(value.bytes);
    const struct = koffi.decode(memory, typeOf(type));
    koffi.free(memory);
    return struct;
  }
  return type === "bool" ? value.number !== 0 : value.number;
}

function returned(space, value, type) {
  if (type === "void") return undefined;
  if (type === "pointer") return located(space, value) ?? { address: value ?? 0n };
  if (typeof type === "string") return { number: typeof value === "boolean" ? Number(value) : value };
  const memory = koffi.alloc("uint8", Math.max(1, type.size));
  koffi.encode(memory, typeOf(type), value);
  // A copy: the memory goes.
  const bytes = Buffer.from(new Uint8Array(koffi.view(memory, type.size)));
  koffi.free(memory);
  return { bytes };
}

/** The block of this space an address lies in (its end counts). */
function located(space, address) {
  if (address === null || address === undefined || address === 0n) return undefined;
  for (const [key, twin] of twins) {
    if (address < twin.address || address > twin.address + BigInt(twin.view.length)) continue;
    const [owner, id] = key.split(":");
    if (owner === String(space)) return { block: Number(id), offset: Number(address - twin.address) };
  }
  return undefined;
}

/** Whatever looks like a pointer into memory of Lua is one: with 64 bits nothing else looks so. */
function linksOf(space, twin) {
  const own = [...twins].filter(([key]) => key.startsWith(`${space}:`)).map(([, each]) => each);
  const starts = own.map(({ address }) => address).sort((a, b) => (a < b ? -1 : 1));
  const ends = own.map((each) => each.address + BigInt(each.view.length)).sort((a, b) => (a < b ? 1 : -1));
  const [low = 0n] = starts;
  const [high = 0n] = ends;
  const links = [];
  const view = new DataView(twin.view.buffer, twin.view.byteOffset, twin.view.byteLength);
  for (let at = 0; at + 8 <= view.byteLength; at += 8) {
    const value = view.getBigUint64(at, true);
    if (value < low || value > high) continue;
    const found = located(space, value);
    if (found) links.push([at, found.block, found.offset]);
  }
  return links;
}

// ── messages, as child-message.ts has them ───────────────────────────────────────────────────────────────────────

const pipe = 3;
const usualBytes = 1 << 16;
let held = Buffer.alloc(usualBytes);
let start = 0;
let end = 0;

/** A pipe that does not block is asked again. */
function again(work) {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Waits until as many bytes are held. False: the bridge is gone. */
function hold(count) {
  if (start + count > held.length || (start === end && held.length > usualBytes)) {
    const room = held.length === usualBytes && count <= usualBytes ? held : Buffer.alloc(Math.max(count, usualBytes));
    held.copy(room, 0, start, end);
    held = room;
    end -= start;
    start = 0;
  }
  while (end - start < count) {
    const got = again(() => readSync(pipe, held, end, held.length - end, null));
    if (got === 0) return false;
    end += got;
  }
  return true;
}

function send(message) {
  const parts = [];
  let length = 0;
  const packed = (value) => {
    if (typeof value === "bigint") return { $n: String(value) };
    if (typeof value === "number" && !isJson(value)) return { $f: Object.is(value, -0) ? "-0" : String(value) };
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(packed);
    if (!(value instanceof Uint8Array)) return mapped(value, packed);
    parts.push(value);
    length += value.length;
    return { $b: [length - value.length, value.length] };
  };
  const json = Buffer.from(JSON.stringify(packed(message)));
  const head = Buffer.alloc(8);
  head.writeUInt32LE(json.length, 0);
  head.writeUInt32LE(length, 4);
  const all = Buffer.concat([head, json, ...parts]);
  for (let at = 0; at < all.length; ) at += again(() => writeSync(pipe, all, at));
}

function unpacked(value, bytes) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => unpacked(each, bytes));
  if (typeof value.$n === "string") return BigInt(value.$n);
  if (typeof value.$f === "string") return Number(value.$f);
  if (Array.isArray(value.$b)) return new Uint8Array(bytes.subarray(value.$b[0], value.$b[0] + value.$b[1]));
  return mapped(value, (each) => unpacked(each, bytes));
}

const isJson = (value) => Number.isFinite(value) && !Object.is(value, -0);

function mapped(value, map) {
  const out = {};
  for (const [key, member] of Object.entries(value)) out[key] = map(member);
  return out;
}

function answer({ id, method, params }) {
  try {
    return { id, value: methods[method](params) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

while (hold(8)) {
  const json = held.readUInt32LE(start);
  const length = 8 + json + held.readUInt32LE(start + 4);
  if (!hold(length)) break;
  const bytes = Buffer.from(held.subarray(start + 8 + json, start + length));
  const message = unpacked(JSON.parse(held.toString("utf8", start + 8, start + 8 + json)), bytes);
  start += length;
  send(answer(message));
}
process.exit();
