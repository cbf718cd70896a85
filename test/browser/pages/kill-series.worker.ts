/**
 * Writes calls for ever, or checks what a killed browser left. A call appends its number to a journal, replaces one of a
 * few files by content only it can have written, and removes another; it is reported only after its commit. Dead bytes
 * gather fast, so that compactions run all the time.
 * @module
 */
import { LuaSkillsError } from "../../../src/errors.ts";
import { defaultLimits } from "../../../src/limits.ts";
import type { Vfs, VfsStore } from "../../../src/vfs/interface.ts";
import { openStore } from "../../../src/vfs/open-store.ts";

export type StoreKind = "opfs" | "indexeddb" | "browser";

export interface SeriesOrder {
  readonly name: string;
  readonly kind: StoreKind;
  /** `move`: from one kind to the other and back, for ever. */
  readonly work: "write" | "move" | "check";
  /** Bytes of a call. */
  readonly bytes: number;
}

export interface SeriesFound {
  /** The last call that is there; -1 when the store cannot be used. */
  readonly call: number;
  /** Empty when all is well. */
  readonly problem: string;
  readonly kind: string;
  /** Milliseconds the store took to open. */
  readonly openMs: number;
}

const slots = 6;
const root = "/runtime/data";

globalThis.onmessage = async ({ data }: MessageEvent<SeriesOrder>) => {
  try {
    const { name, kind, work, bytes } = data;
    const started = performance.now();
    const limits = { ...defaultLimits, deadBytes: 2 * 2 ** 20 };
    const store = await openStore({ kind, name, whenInUse: "wait" }, { limits });
    const openMs = performance.now() - started;
    if (work === "write") return await write(store, bytes);
    if (work === "move") return await move(store);
    const found = check(store.fs);
    await store.close();
    postMessage({ ...found, kind: store.kind, openMs });
  } catch (error) {
    const code = error instanceof LuaSkillsError ? `${error.code}: ` : "";
    const problem = code + (error instanceof Error ? (error.stack ?? error.message) : String(error));
    postMessage({ call: -1, problem, kind: "none", openMs: 0 } satisfies SeriesFound);
  }
};

async function write(store: VfsStore, bytes: number): Promise<void> {
  const { fs } = store;
  fs.mkdir(root, { recursive: true });
  let call = numbers(fs).length;
  postMessage(call);
  for (;;) {
    call++;
    fs.writeFile(`${root}/journal`, new TextEncoder().encode(`${call}\n`), { append: true });
    fs.writeFile(`${root}/${call % slots}`, contentOf(call, bytes));
    const old = `${root}/${(call + 1) % slots}`;
    if (fs.stat(old)) fs.remove(old);
    await store.commit();
    postMessage(call);
  }
}

async function move(store: VfsStore): Promise<void> {
  postMessage(numbers(store.fs).length);
  for (;;) {
    const moving = store.move?.(store.kind === "opfs" ? "indexeddb" : "opfs");
    if (!moving) throw new Error("this store does not move");
    for (let step = await moving.next(); !step.done; ) step = await moving.next();
  }
}

/** The number in front, and bytes that follow from it. */
function contentOf(call: number, bytes: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(bytes / 4) + 2);
  words[0] = call;
  words[1] = bytes;
  for (let i = 2; i < words.length; i++) words[i] = Math.imul(call + i, 2654435761);
  return new Uint8Array(words.buffer);
}

function numbers(fs: Vfs): number[] {
  if (fs.stat(`${root}/journal`) === undefined) return [];
  const text = new TextDecoder().decode(fs.readFile(`${root}/journal`));
  return text.split("\n").filter(Boolean).map(Number);
}

function check(fs: Vfs): { call: number; problem: string } {
  if (fs.stat(root) === undefined) return { call: 0, problem: "" };
  const calls = numbers(fs);
  const call = calls.length;
  const problems = calls.flatMap((found, i) => (found === i + 1 ? [] : [`line ${i + 1} of the journal says ${found}`]));
  for (let back = 0; back < slots - 1 && call - back > 0; back++) {
    const at = `${root}/${(call - back) % slots}`;
    const content = fs.stat(at) && fs.readFile(at);
    if (!content) problems.push(`the file of call ${call - back} is missing`);
    else if (!isOf(call - back, content)) problems.push(`the file of call ${call - back} is not what it wrote`);
  }
  if (fs.stat(`${root}/${(call + 1) % slots}`)) problems.push("a removed file is there");
  return { call, problem: problems.slice(0, 3).join("; ") };
}

function isOf(call: number, content: Uint8Array): boolean {
  const bytes = new DataView(content.buffer, content.byteOffset).getUint32(4, true);
  const wanted = contentOf(call, bytes);
  return wanted.length === content.length && wanted.every((byte, i) => content[i] === byte);
}
