/**
 * sqlite-wasm asks for 8 MB before it does anything; static data and stack end at 0.8 MB. The shipped sqlite3.wasm may
 * start smaller, which decides how many engines fit into one isolate of a Cloudflare Worker.
 * @module
 */

/** Import `env.memory` with 128 pages at least and 32,768 at most, as the published build declares it. */
const declared = [3, ...text("env"), 6, ...text("memory"), 2, 1, 0x80, 0x01, 0x80, 0x80, 0x02];
/** Where its least number of pages is: two bytes of LEB128. */
const pagesAt = declared.length - 5;
/** 32 pages, 2 MB, in as many bytes. */
const pages = [0xa0, 0x00];
/** What `src/sqlite/wasm/boot.ts` looks for before it makes the memory smaller. */
const marker = "luaskills-small-memory";

/** @throws when the module is not the one this was written for */
export function shrinkSqliteMemory(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  const found: number[] = [];
  const [first = 0] = declared;
  for (let at = wasm.indexOf(first); at >= 0; at = wasm.indexOf(first, at + 1)) {
    if (declared.every((byte, i) => wasm[at + i] === byte)) found.push(at);
  }
  const [place] = found;
  if (place === undefined || found.length > 1) {
    throw new Error(`sqlite3.wasm declares its memory in ${found.length} places of this form`);
  }
  const section = [0, marker.length + 1, marker.length, ...text(marker)];
  const out = new Uint8Array(wasm.length + section.length);
  out.set(wasm);
  out.set(pages, place + pagesAt);
  out.set(section, wasm.length);
  return out;
}

function text(word: string): number[] {
  return [...word].map((letter) => letter.charCodeAt(0));
}
