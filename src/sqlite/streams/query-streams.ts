/**
 * `query_stream` and its companions (databases.md §8). The query runs to its end when the stream is opened: there is no
 * second thread, and a statement left open would see later writes.
 * @module
 */

import { encodeBase64 } from "../../base/bytes/base64.ts";
import type { LuaValue } from "../../lua/interface.ts";
import type { Database } from "../database.ts";
import { type Input, optionalCount } from "../input.ts";
import { prepareOne } from "../sql-methods.ts";
import { prefixed } from "../sqlite-error.ts";
import type { Parameter } from "../statement/parameters.ts";
import { sqlFacts } from "../statement/traces.ts";
import { type ArrowModule, encodeRows } from "./arrow-stream.ts";

interface Finished {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
  readonly chunkBytes: number;
}
/** A failure is told by whoever asks for metrics or a chunk. */
type Stream = Finished | { readonly error: unknown };

const defaultChunkBytes = 1_048_576;
/** Open streams of a skill. */
const mostStreams = 256;
const leastChunkBytes = 65_536;

export class QueryStreams {
  readonly #streams = new Map<number, Stream>();
  #nextId = 1;

  /** @param maxBytes of one stream's content, and of all that are open */
  constructor(readonly maxBytes: number) {}

  open(
    arrow: ArrowModule,
    database: Database,
    sql: string,
    params: readonly Parameter[],
    chunkBytes: number,
  ): LuaValue {
    const id = this.#nextId++;
    let stream: Stream;
    try {
      stream = { ...runQuery(arrow, database, sql, params, this.maxBytes), chunkBytes };
    } catch (error) {
      stream = { error };
    }
    this.#streams.set(id, stream);
    this.#dropOldest(id);
    return { success: true, stream_id: id, metrics_ready: false };
  }

  metrics(input: Input): LuaValue {
    const id = streamId(input);
    const { rowCount, bytes, chunkBytes } = this.#finished(id);
    return {
      success: true,
      stream_id: id,
      metrics_ready: true,
      row_count: rowCount,
      chunk_count: Math.ceil(bytes.length / chunkBytes),
      total_bytes: bytes.length,
    };
  }

  /** An index past the end gives an empty chunk. */
  chunk(input: Input): LuaValue {
    const id = streamId(input);
    const index = optionalCount(input, "index");
    if (index === undefined) throw new Error("index is required");
    const { bytes, chunkBytes } = this.#finished(id);
    const chunk = bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes);
    return { success: true, stream_id: id, index, byte_count: chunk.length, chunk_base64: encodeBase64(chunk) };
  }

  close(input: Input): LuaValue {
    const id = streamId(input);
    if (!this.#streams.delete(id)) throw unknownStream(id);
    return { success: true, stream_id: id, message: `query_stream handle ${id} closed successfully` };
  }

  /** Streams that nobody closes would fill the memory: beyond `maxBytes` altogether the oldest are closed. */
  #dropOldest(newest: number): void {
    let bytes = 0;
    for (const stream of this.#streams.values()) bytes += sizeOf(stream);
    for (const [id, stream] of this.#streams) {
      if ((bytes <= this.maxBytes && this.#streams.size <= mostStreams) || id === newest) return;
      bytes -= sizeOf(stream);
      this.#streams.delete(id);
    }
  }

  #finished(id: number): Finished {
    const stream = this.#streams.get(id);
    if (stream === undefined) throw unknownStream(id);
    if ("error" in stream) throw stream.error;
    return stream;
  }
}

/** `chunk_size` counts only without `chunk_bytes`; anything odd means the default. */
export function chunkBytes(input: Input): number {
  const field = input.has("chunk_bytes") ? "chunk_bytes" : "chunk_size";
  const wanted = optionalCount(input, field) ?? 0;
  return wanted === 0 ? defaultChunkBytes : Math.max(leastChunkBytes, wanted);
}

function runQuery(
  arrow: ArrowModule,
  database: Database,
  sql: string,
  params: readonly Parameter[],
  maxBytes: number,
): { rowCount: number; bytes: Uint8Array } {
  if (sqlFacts(sql).statements > 1) throw new Error("query_stream only supports a single SQL statement");
  const statement = prepareOne(database, sql, params, "sqlite query failed", "sqlite row fetch failed");
  try {
    prefixed("sqlite query failed", () => statement.bindAll(params));
    return prefixed("sqlite row fetch failed", () => encodeRows(arrow, statement, maxBytes));
  } finally {
    statement.clear();
  }
}

function streamId(input: Input): number {
  const id = optionalCount(input, "stream_id");
  if (id === undefined) throw new Error("stream_id is required");
  return id;
}

function unknownStream(id: number): Error {
  return new Error(`query stream handle not found: ${id}`);
}

const sizeOf = (stream: Stream): number => ("error" in stream ? 0 : stream.bytes.length);
