/**
 * One instance of jieba-wasm's module. The package's own loader keeps a single instance per page, with a dictionary
 * whose words can be added but not removed; skills have dictionaries of their own, so instances are made here, against
 * the module's exports. Pinned: jieba-wasm 2.4.0.
 * @module
 */
import { messageOf } from "../../../base/message-of.ts";
import { LuaSkillsError } from "../../../errors.ts";
import { pieces } from "../pieces.ts";

export const jiebaVersion = "jieba-wasm-2.4.0";

interface JiebaExports {
  readonly memory: WebAssembly.Memory;
  /** The table of JavaScript values that wasm holds. */
  readonly __wbindgen_export_2: WebAssembly.Table;
  __wbindgen_start(): void;
  __wbindgen_malloc(bytes: number, align: number): number;
  __wbindgen_free(pointer: number, bytes: number, align: number): void;
  __externref_drop_slice(pointer: number, count: number): void;
  cut(text: number, length: number, hmm: number): [pointer: number, count: number];
  cut_for_search(text: number, length: number, hmm: number): [pointer: number, count: number];
  add_word(text: number, length: number, weight: number, tag: number, tagLength: number): number;
}

const withHmm = 1;

/** The dictionary is built in wasm memory: about 62 MB, with the first text that is cut. */
function failed(error: unknown): Error {
  const reason = messageOf(error);
  return new Error(`jieba tokenizer failed, it needs about 64 MB of memory for its dictionary: ${reason}`, {
    cause: error,
  });
}

export class JiebaInstance {
  readonly #exports: JiebaExports;
  #isDead = false;

  /** @throws LuaSkillsError `wasm_unavailable` when it is another module or another version; Error without memory */
  constructor(module: WebAssembly.Module) {
    try {
      this.#exports = new WebAssembly.Instance(module, this.#imports(module)).exports as unknown as JiebaExports;
      this.#exports.__wbindgen_start();
    } catch (error) {
      if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) throw failed(error);
      throw new LuaSkillsError(
        "wasm_unavailable",
        `this is not the jieba module of ${jiebaVersion}: ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  }

  /** A trap left its memory in an unknown state: make another. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** Words in order; `search` also gives the shorter words inside long ones, before them. @throws Error */
  cut(text: string, search: boolean): string[] {
    const words: string[] = [];
    for (const piece of pieces(text, 20)) {
      for (const word of this.#guarded(() => this.#cut(piece, search))) words.push(word);
    }
    return words;
  }

  /** @throws Error */
  addWord(word: string, weight: number): void {
    this.#guarded(() => {
      const [pointer, length] = this.#put(word);
      this.#exports.add_word(pointer, length, weight, 0, 0);
    });
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#isDead = true;
      throw failed(error);
    }
  }

  #cut(text: string, search: boolean): string[] {
    const [pointer, length] = this.#put(text);
    const cut = search ? this.#exports.cut_for_search : this.#exports.cut;
    const [list, count] = cut(pointer, length, withHmm);
    const view = new DataView(this.#exports.memory.buffer);
    const words = Array.from({ length: count }, (_, i): string =>
      this.#exports.__wbindgen_export_2.get(view.getUint32(list + 4 * i, true)),
    );
    this.#exports.__externref_drop_slice(list, count);
    this.#exports.__wbindgen_free(list, count * 4, 4);
    return words;
  }

  /** The callee frees it. */
  #put(text: string): [pointer: number, length: number] {
    const bytes = new TextEncoder().encode(text);
    const pointer = this.#exports.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(this.#exports.memory.buffer).set(bytes, pointer);
    return [pointer, bytes.length];
  }

  #text(pointer: number, length: number): string {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      new Uint8Array(this.#exports.memory.buffer).slice(pointer >>> 0, (pointer >>> 0) + length),
    );
  }

  /** Names end in a hash of their type; what stands before it says what they do. */
  #imports(module: WebAssembly.Module): WebAssembly.Imports {
    const known: Readonly<Record<string, (...args: never[]) => unknown>> = {
      __wbg_Error: (pointer: number, length: number) => new Error(this.#text(pointer, length)),
      __wbg_new: () => ({}),
      __wbg_set: (target: Record<string, unknown>, key: string, value: unknown) => {
        target[key] = value;
      },
      __wbindgen_bigint_from_u64: (value: bigint) => BigInt.asUintN(64, value),
      __wbindgen_debug_string: () => undefined,
      __wbindgen_init_externref_table: () => {
        const table = this.#exports.__wbindgen_export_2;
        const first = table.grow(4);
        table.set(0, undefined);
        for (const [i, value] of [undefined, null, true, false].entries()) table.set(first + i, value);
      },
      __wbindgen_number_new: (value: number) => value,
      __wbindgen_string_new: (pointer: number, length: number) => this.#text(pointer, length),
      __wbindgen_throw: (pointer: number, length: number) => {
        throw new Error(this.#text(pointer, length));
      },
    };
    const imports: Record<string, WebAssembly.ImportValue> = {};
    for (const { name } of WebAssembly.Module.imports(module)) {
      const work = known[name] ?? known[name.replace(/_[0-9a-f]{16}$/, "")];
      if (work === undefined) throw new Error(`unknown import ${name}`);
      imports[name] = work as WebAssembly.ImportValue;
    }
    return { wbg: imports };
  }
}
