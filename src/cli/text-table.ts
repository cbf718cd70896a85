import { stripVTControlCharacters } from "node:util";

const widest = 60;

/** Rows under the names of their members, in columns. @param none what is said when there are none */
export function textTable(rows: readonly object[], none = "nothing"): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (names.length === 0) return none;
  const cells = rows.map((row) => names.map((name) => cell((row as Readonly<Record<string, unknown>>)[name])));
  const widths = names.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(names), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text =
    value instanceof Uint8Array
      ? `<${value.length} bytes>`
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);
  const flat = stripVTControlCharacters(text).replaceAll(/\s+/g, " ");
  return flat.length > widest ? `${flat.slice(0, widest - 1)}…` : flat;
}
