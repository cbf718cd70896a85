/**
 * Rows as JSON text and as values for Lua, in one pass (databases.md §7.7).
 * @module
 */

import { compareBytes } from "../../base/bytes/byte-order.ts";
import { quoteJson } from "../../base/text/quote-json.ts";
import { charge } from "../../base/work.ts";
import type { LuaValue } from "../../lua/interface.ts";
import { cellType } from "../wasm/sqlite-api.ts";
import type { Cell } from "./cell.ts";
import { jsonReal } from "./number-text.ts";

export interface WrittenColumn {
  readonly index: number;
  readonly name: string;
  /** `,"name":` without the comma for the first. */
  readonly prefix: string;
}

/** Keys in byte order; of columns with the same name the last one counts. */
export function writtenColumns(names: readonly string[]): WrittenColumn[] {
  const last = new Map(names.map((name, index) => [name, index]));
  return [...last]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, index], i) => ({ index, name, prefix: `${i === 0 ? "" : ","}${JSON.stringify(name)}:` }));
}

/** A statement that stands on a row. */
export interface Row {
  cell(column: number): Cell;
  /** Of {@link cellType}. */
  type(column: number): number;
}

/** The current row of a statement. Lua gets no key for NULL and for text that is not UTF-8. */
export function writeRow(statement: Row, columns: readonly WrittenColumn[]): { json: string; row: LuaValue } {
  const row: Record<string, LuaValue> = Object.create(null);
  let json = "{";
  for (const { index, name, prefix } of columns) {
    const cell = statement.cell(index);
    if (typeof cell === "string") {
      json += prefix + quoteJson(cell);
      row[name] = cell;
    } else if (typeof cell === "number") {
      if (statement.type(index) === cellType.integer) {
        json += `${prefix}${cell}`;
        row[name] = cell;
      } else {
        json += prefix + jsonReal(cell);
        row[name] = Number.isFinite(cell) ? cell : cell > 0 ? "inf" : "-inf";
      }
    } else if (typeof cell === "bigint") {
      json += `${prefix}${cell}`;
      row[name] = cell;
    } else if (cell instanceof Uint8Array) {
      const bytes: number[] = [];
      json += prefix + writeBytes(cell, bytes);
      row[name] = bytes;
    } else {
      json += `${prefix}null`;
    }
  }
  return { json: `${json}}`, row };
}

/** What a byte costs to write, and what its number takes in the VM. */
const byteUnits = 12;
const numberBytes = 16;
const partBytes = 2 ** 12;

/** The numbers of a blob, also into `into`. */
function writeBytes(blob: Uint8Array, into: number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < blob.length; at += partBytes) {
    const part = blob.subarray(at, at + partBytes);
    charge(byteUnits * part.length, numberBytes * part.length);
    for (const byte of part) into.push(byte);
    parts.push(part.join(","));
  }
  return `[${parts.join(",")}]`;
}
