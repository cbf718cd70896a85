/**
 * What the Lua layer does with `vector_upsert` and `vector_search` before any provider sees them (databases.md §12.4,
 * §12.5): the same for the embedded store and for a host's callback.
 * @module
 */
import { charge } from "../base/work.ts";
import { parseExact, stringifyExact } from "./exact-json.ts";

type JsonMembers = { [member: string]: unknown };

export interface UpsertPayload {
  /** The request without `rows`, and without `data` when that was used; `input_format` is filled in. */
  readonly input: JsonMembers;
  /** Rows as a value, when the skill gave a table: they need not become text to be read. */
  readonly rows?: unknown;
  /** The payload as it was given otherwise. */
  readonly bytes?: Uint8Array;
}

/**
 * @param text JSON of the skill's table
 * @param data bytes of `data` when it is a Lua string, which JSON may not be able to hold
 * @throws Error with a text of §12.4
 */
export function splitUpsert(text: string, data: Uint8Array | undefined): UpsertPayload {
  const request = asObject(text, "lancedb.vector_upsert input must be an object");
  const { rows, ...withoutRows } = request;
  if (rows !== undefined && rows !== null) return split(withoutRows, rows, "json", undefined);
  const { data: given, data_base64, ...rest } = withoutRows;
  if (given !== undefined && given !== null) {
    return split({ ...rest, ...(data_base64 === undefined ? {} : { data_base64 }) }, given, "arrow_ipc", data);
  }
  // Not in the native engine: the only way to hand over bytes from JSON.
  if (typeof data_base64 === "string") {
    return { input: withFormat(rest, "arrow_ipc"), bytes: bytesFromBase64(data_base64) };
  }
  throw new Error("lancedb.vector_upsert requires rows or data");
}

/** The search request with `output_format` filled in. @throws Error with a text of §12.5 */
export function completeSearch(text: string): JsonMembers {
  const request = asObject(text, "lancedb.vector_search input must be an object");
  return { ...request, output_format: request.output_format ?? "json" };
}

/** The payload bytes a provider gets. */
export function payloadBytes({ bytes, rows }: UpsertPayload): Uint8Array {
  return bytes ?? new TextEncoder().encode(stringifyExact(rows));
}

function split(
  input: JsonMembers,
  given: unknown,
  textFormat: "json" | "arrow_ipc",
  data: Uint8Array | undefined,
): UpsertPayload {
  if (typeof given === "string") {
    return { input: withFormat(input, textFormat), bytes: data ?? new TextEncoder().encode(given) };
  }
  if (typeof given !== "object") throw new Error("lancedb.vector_upsert payload must be string");
  return { input: withFormat(input, "json"), rows: given };
}

function withFormat(input: JsonMembers, format: string): JsonMembers {
  return { ...input, input_format: input.input_format ?? format };
}

function asObject(text: string, complaint: string): JsonMembers {
  const value = parseExact(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(complaint);
  return value as JsonMembers;
}

/** @throws Error naming the member */
function bytesFromBase64(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new Error("lancedb.vector_upsert data_base64 is not valid Base64");
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) {
    if ((i & 0xffff) === 0) charge(0x8000);
    bytes[i] = binary.charCodeAt(i);
  }
  return bytes;
}
