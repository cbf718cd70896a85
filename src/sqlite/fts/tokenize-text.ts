/**
 * `tokenize_text`, which also builds the query of a search (databases.md §9.1, §9.2).
 * @module
 */
import { charge } from "../../base/work.ts";
import { type Input, trimmed } from "../input.ts";
import type { JiebaInstance } from "./tokenizers/jieba-wasm.ts";
import type { SegmenterTokenizer } from "./tokenizers/segmenter.ts";

/** `segmenter` is an addition of this engine: words by `Intl.Segmenter`. */
export type TokenizerMode = "none" | "jieba" | "segmenter";

export interface Tokenized {
  readonly normalized_text: string;
  readonly tokens: string[];
  readonly fts_query: string;
}

/** What the modes other than `none` need; asked for only by the mode that needs it. */
export interface Segmenters {
  jieba(): JiebaInstance;
  segmenter(): SegmenterTokenizer;
}

/** @throws Error `unsupported sqlite tokenizer mode: …` */
export function readMode(input: Input): TokenizerMode {
  const value = input.get(input.has("tokenizer_mode") ? "tokenizer_mode" : "mode");
  const mode = typeof value === "string" ? trimmed(value).toLowerCase() : "";
  if (mode === "" || mode === "none") return "none";
  if (mode === "jieba" || mode === "segmenter") return mode;
  throw new Error(`unsupported sqlite tokenizer mode: ${mode}`);
}

/** UTF-16 units that are cut at once; a document that is put into an index may be longer. */
const longestText = 2 ** 20;

/** @throws Error for a text that is too long */
export function tokenizeText(text: string, mode: TokenizerMode, search: boolean, segmenters: Segmenters): Tokenized {
  if (text.length > longestText) {
    throw new Error(`a text of ${text.length} characters is longer than ${longestText}: cut it in parts`);
  }
  charge(4 * text.length);
  const normalized = trimmed(text).replace(/\p{White_Space}+/gu, " ");
  const tokens = cut(normalized, mode, search, segmenters);
  charge(20 * tokens.length, 100 * tokens.length);
  const quoted = tokens.map((token) => `"${token.replaceAll('"', '""')}"`);
  return { normalized_text: normalized, tokens, fts_query: quoted.join(search ? " OR " : " ") };
}

function cut(text: string, mode: TokenizerMode, search: boolean, segmenters: Segmenters): string[] {
  if (mode === "none") {
    const tokens = text.split(/[\p{White_Space}!-/:-@[-`{-~]+/u).filter((token) => token !== "");
    return tokens.length > 0 ? tokens : [text];
  }
  if (mode === "jieba") {
    const words = segmenters.jieba().cut(text, search);
    return words.map(trimmed).filter((token) => token !== "");
  }
  const words = Array.from(segmenters.segmenter().tokens(text), (token) => token.text);
  return words.length > 0 ? words : [text];
}
