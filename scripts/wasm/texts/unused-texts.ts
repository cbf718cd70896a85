/**
 * Texts of what trim.ts leaves out stay among the constants: search paths, messages of files and of bytecode. Zeros in their
 * place cost a download next to nothing.
 * @module
 */

import { WatModule } from "../wat-module.ts";
import { StaticData } from "./static-data.ts";
import { replaceStaticText } from "./static-text.ts";

/** Sentences and paths only: short words are shared, and tables of characters are reached by computed addresses. */
const sentence = /(?<=\0)(?=[^\0]*[ /])[\x20-\x7e]{10,}(?=\0)/g;

/** Changes `wasm` in place. */
export async function blankUnusedTexts(wasm: Uint8Array): Promise<void> {
  const data = new StaticData(wasm);
  const addresses = [...(await constantsOf(wasm)), ...data.words()];
  for (const { text, at } of data.texts(sentence)) {
    if (addresses.some((address) => address >= at && address <= at + text.length)) continue;
    replaceStaticText(wasm, text, "\0".repeat(text.length));
  }
}

/** Every number an instruction may use as an address. */
async function constantsOf(wasm: Uint8Array): Promise<number[]> {
  const module = await WatModule.read(wasm);
  return module.lines.flatMap((line) => {
    const found = /^i32\.const (\d+)$|\boffset=(\d+)/.exec(line);
    return found ? [Number(found[1] ?? found[2])] : [];
  });
}
