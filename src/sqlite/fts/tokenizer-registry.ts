/**
 * FTS5 tokenizers written in JavaScript, on the stock build: https://sqlite.org/fts5.html#custom_tokenizers.
 * The three C functions are made once per instance; which tokenizer they speak for travels as the context number.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import { charge } from "../../base/work.ts";
import type { Database } from "../database.ts";
import { code, type Pointer, type SqliteFunctions, type SqliteMemory } from "../wasm/sqlite-api.ts";

/** A piece of a text: offsets in UTF-16 units. */
export interface Token {
  /** What is indexed. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Tokenizer {
  /** `search`: the text is a query, or read for highlighting. */
  tokens(text: string, search: boolean): Iterable<Token>;
}

/** What one token costs: it is cut, encoded and handed over. */
const tokenUnits = 40;

/** FTS5_TOKENIZE_QUERY, FTS5_TOKENIZE_AUX */
const searching = 1 | 8;

export class TokenizerRegistry {
  readonly #functions: SqliteFunctions;
  readonly #heap: SqliteMemory;
  readonly #tokenizers = new Map<number, Tokenizer>();
  readonly #methods: Pointer;
  #nextId = 1;
  #failure: string | undefined;
  #buffer: Pointer;
  #bufferSize = 4096;

  constructor(functions: SqliteFunctions, heap: SqliteMemory) {
    this.#functions = functions;
    this.#heap = heap;
    this.#buffer = functions.exports.malloc(this.#bufferSize);
    this.#methods = functions.exports.malloc(3 * heap.pointerBytes);
    const methods = [
      functions.installFunction("i(ppip)", (context, _args, _count, out) => {
        heap.putPointer(out as Pointer, context as number);
        return code.ok;
      }),
      functions.installFunction("v(p)", () => undefined),
      functions.installFunction("i(ppipip)", (tokenizer, context, flags, text, length, emit) =>
        this.#tokenize(
          tokenizer as number,
          context as Pointer,
          flags as number,
          text as Pointer,
          length as number,
          emit as Pointer,
        ),
      ),
    ];
    for (const [i, pointer] of methods.entries()) heap.putPointer(this.#methods + heap.pointerBytes * i, pointer);
  }

  /** Makes `tokenizer` known to one connection as `tokenize='name'`. Answers how to forget it again. */
  register(database: Database, name: string, tokenizer: Tokenizer): () => void {
    const functions = this.#functions;
    const id = this.#nextId++;
    const api = this.#fts5Api(database);
    const create = functions.functionEntry(this.#heap.pointerAt(api + this.#heap.pointerBytes), "i(ppppp)");
    const nameText = functions.allocCString(name);
    try {
      const result = create(api, nameText, id, this.#methods, 0);
      if (result !== code.ok) throw database.error(Number(result));
    } finally {
      functions.exports.free(nameText);
    }
    this.#tokenizers.set(id, tokenizer);
    return () => this.#tokenizers.delete(id);
  }

  /** Why a tokenizer failed since this was last asked. */
  takeFailure(): string | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  #fts5Api(database: Database): Pointer {
    const functions = this.#functions;
    const { exports } = functions;
    const out = exports.malloc(this.#heap.pointerBytes);
    this.#heap.putPointer(out, 0);
    // The type name must outlive the statement.
    const type = functions.allocCString("fts5_api_ptr");
    const statement = database.prepare("SELECT fts5(?1)");
    try {
      if (statement === undefined) throw new Error("this SQLite has no FTS5");
      exports.sqlite3_bind_pointer(statement.pointer, 1, out, type, 0);
      statement.step();
      return this.#heap.pointerAt(out);
    } finally {
      statement?.clear();
      exports.free(type);
      exports.free(out);
    }
  }

  #tokenize(id: number, context: Pointer, flags: number, text: Pointer, length: number, emitAt: Pointer): number {
    try {
      const tokenizer = this.#tokenizers.get(id);
      if (tokenizer === undefined) return code.error;
      const content = new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#heap.view(text, length));
      const emit = this.#functions.functionEntry(emitAt, "i(pipiii)");
      const byteAt = utf8Offsets(content, length);
      charge(content.length);
      for (const token of tokenizer.tokens(content, (flags & searching) !== 0)) {
        charge(tokenUnits);
        const size = this.#put(token.text);
        const result = emit(context, 0, this.#buffer, size, byteAt(token.start), byteAt(token.end));
        if (result !== code.ok) return Number(result);
      }
      return code.ok;
    } catch (error) {
      // SQLite was interrupted while it took a token: its own frames are gone already.
      if (error instanceof WebAssembly.RuntimeError) throw error;
      // No exception may cross C frames; FTS5 only knows that the tokenizer failed.
      this.#failure = messageOf(error);
      return code.error;
    }
  }

  #put(text: string): number {
    const { exports } = this.#functions;
    if (text.length * 3 > this.#bufferSize) {
      exports.free(this.#buffer);
      this.#bufferSize = text.length * 6;
      this.#buffer = exports.malloc(this.#bufferSize);
    }
    return new TextEncoder().encodeInto(text, this.#heap.view(this.#buffer, this.#bufferSize)).written;
  }
}

/** From UTF-16 offsets to UTF-8 offsets; a table, because search segmentation steps back and forth. */
function utf8Offsets(text: string, bytes: number): (unit: number) => number {
  if (text.length === bytes) return (unit) => unit;
  const table = new Uint32Array(text.length + 1);
  let byte = 0;
  for (let unit = 0; unit < text.length; unit++) {
    table[unit] = byte;
    const point = text.codePointAt(unit) ?? 0;
    if (point > 0xffff) {
      table[++unit] = byte;
      byte += 4;
    } else byte += point < 0x80 ? 1 : point < 0x800 ? 2 : 3;
  }
  table[text.length] = byte;
  return (unit) => table[unit] ?? byte;
}
