import type { Json } from "../../contract/contract.ts";

export type TextPart = { readonly type: "text"; readonly value: string };
export type BlobPart = { readonly type: "blob"; readonly data: Uint8Array; readonly mimeType: string };
/** Any other table that a script emitted. */
export type DataPart = { readonly type: "data"; readonly value: Json };
export type Part = TextPart | BlobPart | DataPart;

/** A piece of a stream of an agent, a generator or a transformer. */
export interface Chunk {
  readonly part?: Part;
  /** Tells streams of one agent apart. */
  readonly streamId?: string;
  readonly isBos?: boolean;
  /** A boundary inside the stream. */
  readonly isEos?: boolean;
  /** Ends the turn (chunks that scripts emit). */
  readonly eof?: boolean;
  /** The text is what was said in audio. */
  readonly transcript?: "model" | "user";
}

export type Contents = string | Part | readonly Part[];

export const defaultAudio = "audio/pcm";

export const textChunk = (value: string): Chunk => ({ part: { type: "text", value } });

export function partsOf(contents: Contents): readonly Part[] {
  if (typeof contents === "string") return [{ type: "text", value: contents }];
  return Array.isArray(contents) ? contents : [contents as Part];
}

/** The text parts, joined. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.value] : [])).join("");
}
