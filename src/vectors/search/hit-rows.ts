/**
 * The rows a search found, as values for Lua and as the size of their JSON text (databases.md §12.5).
 * @module
 */

import { floatText } from "../../base/text/float-text.ts";
import { charge } from "../../base/work.ts";
import { compareText } from "../../databases/exact-json.ts";
import type { LuaValue } from "../../lua/interface.ts";
import type { Scalar } from "../table/schema.ts";
import type { Table } from "../table/table.ts";
import type { Hit } from "./search.ts";

/** What one number costs to write, and to hold: as text here, in the VM afterwards. */
const numberUnits = 30;
const numberBytes = 16;

/** Takes the place of a column of that name. */
const distance = ["_distance", undefined] as const;

/** Nulls are absent in Lua; what is not finite is null. */
export function hitRows(table: Table, hits: readonly Hit[]): { rows: LuaValue[]; bytes: number } {
  const columns = [...new Map([...table.schema.map(({ name }, position) => [name, position] as const), distance])]
    .map(([name, position]) => ({ name, position }))
    .sort((a, b) => compareText(a.name, b.name));
  const heads = columns.map(({ name }, i) => `${i === 0 ? "" : ","}${JSON.stringify(name)}:`);
  const texts: string[] = [];
  const rows = hits.map((hit) => {
    let text = "";
    const members = columns.map(({ name, position }, i): readonly [string, LuaValue] => {
      const [value, written] =
        position === undefined ? float(Math.fround(hit.distance)) : cell(table, position, hit.row);
      text += `${heads[i]}${written}`;
      return [name, value];
    });
    texts.push(`{${text}}`);
    // fromEntries makes own members also of names such as __proto__.
    return Object.fromEntries(members);
  });
  return { rows, bytes: new TextEncoder().encode(`[${texts.join(",")}]`).length };
}

type Written = readonly [value: LuaValue, text: string];

function cell(table: Table, position: number, row: number): Written {
  const column = table.schema[position];
  if (column?.type === "vector") {
    const vector = table.vectors(position).get(row);
    if (vector === null) return [null, "null"];
    charge(numberUnits * vector.length, numberBytes * vector.length);
    const items = Array.from(vector, float);
    return [items.map(([value]) => value), `[${items.map(([, text]) => text).join(",")}]`];
  }
  const value = table.scalar(position, row);
  const length = typeof value === "string" ? value.length : 1;
  charge(numberUnits + length, length);
  if (typeof value === "number" && (column?.type === "float64" || column?.type === "float32")) return float(value);
  return [luaNumber(value), typeof value === "bigint" ? value.toString() : JSON.stringify(value)];
}

function float(value: number): Written {
  return Number.isFinite(value) ? [value, floatText(value)] : [null, "null"];
}

/** Integers beyond 2^53 become doubles, as everything a LuaJIT skill sees (§21.9). */
function luaNumber(value: Scalar): LuaValue {
  return typeof value === "bigint" ? Number(value) : value;
}
