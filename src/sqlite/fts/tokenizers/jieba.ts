/**
 * Chinese words by jieba, with the custom words of one skill.
 * @module
 */

import { loadWasm, type WasmSource } from "../../../base/wasm/wasm-file.ts";
import { charge } from "../../../base/work.ts";
import type { CustomWord } from "../dictionary.ts";
import type { Token, Tokenizer } from "../tokenizer-registry.ts";
import { JiebaInstance } from "./jieba-wasm.ts";

export const jiebaName = "jieba";
export const jiebaMissing =
  "jieba tokenizer is not available in this build: install the package jieba-wasm and name its file, " +
  "createRuntime({ wasm: { jieba: url of jieba_rs_wasm_bg.wasm } })";

/** An instance takes about 62 MB and 0.2 s to build its dictionary, so few are kept. */
const keptInstances = 2;
/** Frequencies are added up in 32 bits inside wasm; beyond this a word wins anyway. */
const mostWeight = 100_000_000;

interface Kept {
  readonly instance: JiebaInstance;
  readonly words: Map<string, number>;
}

/** The compiled module and its instances, the most recently used last. */
export class Jieba {
  readonly #module: WebAssembly.Module;
  readonly #kept = new Map<string, Kept>();

  private constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** @throws LuaSkillsError `wasm_unavailable` */
  static async load(source: WasmSource): Promise<Jieba> {
    return new Jieba(await loadWasm(source, "jieba_rs_wasm_bg.wasm"));
  }

  /** An instance whose dictionary is the built-in one and exactly these words. @param owner of the words */
  instance(owner: string, words: readonly CustomWord[]): JiebaInstance {
    // Skills without words of their own share an instance.
    const key = words.length === 0 ? "" : owner;
    const kept = this.#kept.get(key);
    // An empty word is no word, and jieba dies of it.
    const wanted = new Map(
      words.flatMap(({ word, weight }) => (word === "" ? [] : [[word, Math.min(weight, mostWeight)] as const])),
    );
    this.#kept.delete(key);
    const isUsable = kept && !kept.instance.isDead && [...kept.words.keys()].every((word) => wanted.has(word));
    const usable = isUsable ? kept : this.#create();
    this.#kept.set(key, usable);
    for (const [word, weight] of wanted) {
      if (usable.words.get(word) === weight) continue;
      charge(100 + word.length);
      usable.instance.addWord(word, weight);
      usable.words.set(word, weight);
    }
    return usable.instance;
  }

  #create(): Kept {
    while (this.#kept.size >= keptInstances) {
      const oldest = this.#kept.keys().next().value as string;
      this.#kept.delete(oldest);
    }
    return { instance: new JiebaInstance(this.#module), words: new Map() };
  }
}

/** FTS5's view: blank tokens are dropped, case and punctuation stay (databases.md §10.1). */
export class JiebaTokenizer implements Tokenizer {
  /** @param instance asked for at every text: the skill's words may have changed */
  constructor(readonly instance: () => JiebaInstance) {}

  *tokens(text: string, search: boolean): Generator<Token> {
    const jieba = this.instance();
    const parts = search ? jieba.cut(text, true).values() : undefined;
    let at = 0;
    for (const word of jieba.cut(text, false)) {
      if (parts) yield* searchTokens(parts, word, at);
      else if (/\S/.test(word)) yield { text: word, start: at, end: at + word.length };
      at += word.length;
    }
  }
}

/**
 * Search segmentation gives for each word of the plain one: the two-character words inside it from left to right, then
 * the three-character ones, then itself.
 */
function* searchTokens(parts: Iterator<string>, word: string, start: number): Generator<Token> {
  let from = 0;
  let length = 0;
  for (let next = parts.next(); next.done !== true; next = parts.next()) {
    const part = next.value;
    if (part.length !== length) from = 0;
    length = part.length;
    const found = start + word.indexOf(part, from);
    from = found - start + 1;
    if (/\S/.test(part)) yield { text: part, start: found, end: found + part.length };
    if (part.length === word.length) return;
  }
}
