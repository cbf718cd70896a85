// The helper process of the service `ffi`: it loads libraries and calls them. Run as text by ffi-process.ts, with the address of
// koffi as its argument. A library that crashes takes this process with it, and nothing else.
import { createRequire } from "node:module";

const koffi = createRequire(process.argv[1])(process.argv[1]);

/** id → library; 0 is what this process itself has: the C library. */
const libraries = new Map();
/** `space:id` → memory of Lua as C sees it. */
const twins = new Map();
const functions = new Map();
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
  resolve({ library, symbol }) {
    functionOf(library, symbol, { returns: "void", parameters: [], isVariadic: false });
  },
  call({ space, library, symbol, signature, values, blocks, freed, errno, mostBytes }) {
    for (const id of freed) release(`${space}:${id}`);
    const sent = blocks.map((block) => ({
      block,
      twin: twinOf(`${space}:${block.id}`, block.bytes.length, mostBytes),
    }));
    for (const { block, twin } of sent) copyIn(space, block, twin);
    const before = sent.map(({ twin }) => Buffer.from(twin.view));
    const { parameters, returns, isVariadic } = signature;
    const work = functionOf(library, symbol, signature);
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
  length: ({ address }) => Number(functionOf(0, "strlen", lengthOf)(address)),
};
const lengthOf = { returns: "uint64", parameters: ["pointer"], isVariadic: false };

function functionOf(library, symbol, signature) {
  const fixed = signature.isVariadic ? signature.parameters.slice(0, signature.fixed) : signature.parameters;
  const key = JSON.stringify([library, symbol, signature.returns, fixed, signature.isVariadic]);
  let found = functions.get(key);
  if (found === undefined) {
    if (library === 0 && !libraries.has(0)) libraries.set(0, koffi.load(null));
    const from = libraries.get(library);
    if (from === undefined) throw new Error("the library is not open");
    const types = fixed.map(typeOf);
    try {
      found = from.func(symbol, typeOf(signature.returns), signature.isVariadic ? [...types, "..."] : types);
    } catch (error) {
      if (/Cannot find function/.test(error.message)) throw new Error(`undefined symbol: ${symbol}`);
      throw error;
    }
    functions.set(key, found);
  }
  return found;
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

// As child-message.ts has it.
function packed(value) {
  if (typeof value === "bigint") return { $n: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { $b: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(packed);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, packed(member)]));
}

function unpacked(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unpacked);
  if (typeof value.$n === "string") return BigInt(value.$n);
  if (typeof value.$b === "string") return new Uint8Array(Buffer.from(value.$b, "base64"));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, unpacked(member)]));
}

process.on("message", ({ id, method, params }) => {
  try {
    process.send({ id, value: packed(methods[method](unpacked(params))) });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
process.on("disconnect", () => process.exit());
