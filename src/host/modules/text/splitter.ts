/**
 * Cuts texts into overlapping pieces for retrieval: at the coarsest separators that give pieces small enough.
 * @module
 */
import { charactersOf, indexOfText, characterCount as lengthOf, splitText } from "../../../base/text/search-text.ts";
import { charge } from "../../../base/work.ts";

/** What a piece costs, and a separator to look for. */
const pieceUnits = 20;
const pieceBytes = 32;
const separatorUnits = 10;

const separators = {
  recursive: ["\n\n", "\n", " ", ""],
  markdown: ["\n# ", "\n## ", "\n### ", "\n#### ", "\n##### ", "\n###### ", "\n```", "\n\n", "\n", " ", ""],
} as const;

export class Splitter {
  readonly #size: number;
  readonly #overlap: number;
  readonly #separators: readonly string[];

  readonly #kind: keyof typeof separators;

  /** @throws Error naming the option */
  constructor(kind: keyof typeof separators, options: Readonly<Record<string, unknown>> = {}) {
    const { chunk_size: size = 512, chunk_overlap: overlap = 100, separators: own } = options;
    if (typeof size !== "number" || !Number.isInteger(size) || size < 1)
      throw new Error("chunk_size must be an integer above 0");
    if (typeof overlap !== "number" || !Number.isInteger(overlap) || overlap < 0)
      throw new Error("chunk_overlap must be an integer of at least 0");
    if (overlap >= size) throw new Error("chunk_overlap must be below chunk_size");
    if (own !== undefined && !(Array.isArray(own) && own.every((each) => typeof each === "string"))) {
      throw new Error("separators must be a list of texts");
    }
    this.#kind = kind;
    this.#size = size;
    this.#overlap = overlap;
    this.#separators = (own as string[] | undefined) ?? separators[kind];
  }

  split(text: string): string[] {
    return this.#cut(text, this.#separators);
  }

  #cut(text: string, among: readonly string[]): string[] {
    if (lengthOf(text) <= this.#size) return text.trim() === "" ? [] : [text];
    const index = among.findIndex((each) => {
      charge(separatorUnits + text.length / 32);
      return each === "" || indexOfText(text, each) >= 0;
    });
    const separator = index === -1 ? "" : (among[index] ?? "");
    const finer = index === -1 ? [] : among.slice(index + 1);
    const marker = this.#marker(separator);
    const joint = marker === "" ? separator : "\n";
    const pieces =
      separator === ""
        ? charactersOf(text)
        : splitText(text, separator).map((piece, i) => (i === 0 ? piece : marker + piece));
    const out: string[] = [];
    let small: string[] = [];
    const flush = () => {
      for (const chunk of this.#merge(small, joint)) out.push(chunk);
      small = [];
    };
    for (const piece of pieces) {
      charge(pieceUnits + piece.length / 4, pieceBytes);
      if (lengthOf(piece) <= this.#size) {
        small.push(piece);
        continue;
      }
      flush();
      for (const chunk of this.#cut(piece, finer)) out.push(chunk);
    }
    flush();
    return out;
  }

  /** What begins a section of Markdown is text, not only a place to cut at: it stays with what follows. */
  #marker(separator: string): string {
    return (this.#kind === "markdown" && /^\n(#+ |```)$/.exec(separator)?.[1]) || "";
  }

  /** Small pieces together, as many as fit; the next chunk begins with the end of the last. */
  #merge(pieces: readonly string[], separator: string): string[] {
    const out: string[] = [];
    const gap = lengthOf(separator);
    let current: string[] = [];
    let size = 0;
    // Those before are in no chunk any more.
    let start = 0;
    const say = () => {
      const held = current.slice(start);
      charge(held.length + size / 8, size);
      const chunk = held.join(separator).trim();
      if (chunk !== "") out.push(chunk);
    };
    for (const piece of pieces) {
      charge(pieceUnits);
      const length = lengthOf(piece);
      if (current.length > start && size + gap + length > this.#size) {
        say();
        while (current.length > start && (size > this.#overlap || size + gap + length > this.#size)) {
          size -= lengthOf(current[start] ?? "") + (current.length - start > 1 ? gap : 0);
          start++;
        }
        if (start > 1024) {
          current = current.slice(start);
          start = 0;
        }
      }
      size += length + (current.length > start ? gap : 0);
      current.push(piece);
    }
    if (current.length > start) say();
    return out;
  }
}
