/**
 * Words by `Intl.Segmenter`: the tokenizer that is always there. What it calls a word is up to the ICU of the platform,
 * so an index made with it carries a fingerprint and is rebuilt where that differs.
 * @module
 */
import { charge } from "../../../base/work.ts";
import { pieces } from "../pieces.ts";
import type { Token, Tokenizer } from "../tokenizer-registry.ts";

export const segmenterName = "segmenter";

/** What one segment costs. */
const segmentUnits = 40;

/** Exercises what versions of ICU disagree about: Chinese, Japanese and Thai dictionaries, dots, apostrophes, emoji. */
const sample =
  "中国科学院计算所 南京市长江大桥 関西国際空港限定 ภาษาไทยง่ายนิดเดียว it's 3.14 U.S.A. foo_bar-baz e\u0301te 👩‍👩‍👧 数据库";

export class SegmenterTokenizer implements Tokenizer {
  readonly #segmenter: Intl.Segmenter;

  /** Undefined where the platform has none (Firefox before 125). */
  static create(): SegmenterTokenizer | undefined {
    return typeof Intl.Segmenter === "function" ? new SegmenterTokenizer() : undefined;
  }

  private constructor() {
    this.#segmenter = new Intl.Segmenter("zh", { granularity: "word" });
  }

  *tokens(text: string): Generator<Token> {
    let lineStart = 0;
    // Line by line: segmenting one long string takes ten times as long as its lines one by one.
    for (const line of lines(text)) {
      for (const { segment, index } of this.#segmenter.segment(line)) {
        charge(segmentUnits);
        // Not `isWordLike`: Firefox says no to every Chinese word.
        if (!/[\p{L}\p{N}]/u.test(segment)) continue;
        const start = lineStart + index;
        yield { text: segment.normalize("NFKC").toLowerCase(), start, end: start + segment.length };
      }
      lineStart += line.length;
    }
  }

  /** Equal where the same text gives the same words. */
  get version(): string {
    let hash = 0x811c9dc5;
    for (const { text } of this.tokens(sample)) {
      for (const char of `${text}|`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    }
    return `icu-${hash.toString(16).padStart(8, "0")}`;
  }
}

function* lines(text: string): Generator<string> {
  for (const piece of pieces(text, 4)) yield* piece.split(/(?<=\n)/);
}
