/**
 * Chunks as Lua reads and writes them: names with underscores.
 * @module
 */
import type { Json } from "../../contract/contract.ts";
import { type Chunk, defaultAudio, type Part } from "./chunk.ts";

type Table = { readonly [key: string]: unknown };

const utf8 = new TextEncoder();

export function chunkToLua(chunk: Chunk): Table {
  const { part, streamId, isBos, isEos, eof, transcript } = chunk;
  return withoutHoles({
    part: part?.type === "blob" ? { type: "blob", data: part.data, mime_type: part.mimeType } : part,
    stream_id: streamId,
    is_bos: isBos,
    is_eos: isEos,
    eof,
    transcript,
  });
}

/** Undefined for what is no chunk. */
export function chunkFromLua(value: unknown): Chunk | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { part, stream_id: streamId, is_bos: isBos, is_eos: isEos, eof } = value as Table;
  return withoutHoles({
    part: partFromLua(part),
    streamId: typeof streamId === "string" ? streamId : undefined,
    isBos: isBos === true ? true : undefined,
    isEos: isEos === true ? true : undefined,
    eof: eof === true ? true : undefined,
  });
}

function partFromLua(value: unknown): Part | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, value: content, data, mime_type: mimeType } = value as Table;
  if (type === "text") return { type, value: textFromLua(content) };
  if (type === "blob") {
    const bytes = data instanceof Uint8Array ? data : utf8.encode(typeof data === "string" ? data : "");
    return { type, data: bytes, mimeType: typeof mimeType === "string" ? mimeType : defaultAudio };
  }
  return { type: "data", value: content as Json };
}

/** Text that is no UTF-8 comes as bytes. */
function textFromLua(value: unknown): string {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value ?? "");
}

function withoutHoles<T extends Table>(table: T): T {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined)) as T;
}
