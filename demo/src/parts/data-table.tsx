import type { ComponentChildren } from "preact";
import { sizeText } from "./size.ts";

/** What SQLite and the vector store have in their cells. */
export type CellValue = null | undefined | boolean | number | bigint | string | Uint8Array | readonly number[];

interface DataTableProps {
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: ReadonlyArray<readonly CellValue[]>;
  /** A first cell for each row, for what can be done with it. */
  readonly action?: (row: number) => ComponentChildren;
}

/** Rows in a box of their own that scrolls both ways; the page never does. */
export function DataTable({ label, columns, rows, action }: DataTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable for the keyboard
    <section class="data-table" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {action && (
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            )}
            {columns.map((column, i) => (
              <th key={i} scope="col" class={isNumber(rows[0]?.[i]) ? "cell-number" : ""}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {action && <td class="cell-action">{action(i)}</td>}
              {row.map((value, j) => (
                <Cell key={j} value={value} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const isNumber = (value: CellValue) => typeof value === "number" || typeof value === "bigint";

/** Up to here a text stays in one line. */
const shortText = 24;
const longText = 200;

function Cell({ value }: { readonly value: CellValue }) {
  if (value === null || value === undefined) return <td class="cell-null">null</td>;
  if (value instanceof Uint8Array) {
    return (
      <td class="cell-blob" title={`${value.length} bytes`}>
        {hex(value)} <span class="muted">{sizeText(value.length)}</span>
      </td>
    );
  }
  if (typeof value === "object") {
    return (
      <td class="cell-blob" title={JSON.stringify(value.slice(0, 32))}>
        [{value.slice(0, 3).map(short).join(", ")}
        {value.length > 3 ? ", …" : ""}] <span class="muted">{value.length}</span>
      </td>
    );
  }
  if (typeof value === "number" || typeof value === "bigint") {
    return (
      <td class="cell-number">{typeof value === "number" && !Number.isInteger(value) ? real(value) : String(value)}</td>
    );
  }
  const text = String(value);
  return (
    <td
      class={`cell-text ${text.length > shortText ? "long" : ""}`}
      title={text.length > 40 ? text.slice(0, 2000) : undefined}
    >
      {text.length > longText ? `${text.slice(0, longText)}…` : text}
    </td>
  );
}

function hex(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `x'${shown}${bytes.length > 12 ? "…" : ""}'`;
}

const short = (value: number) => String(Number(value.toFixed(3)));
/** Float32 values have no more digits than these. */
const real = (value: number) => String(Number(value.toPrecision(7)));
