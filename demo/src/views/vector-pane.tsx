import type { DatabaseInfo, VectorPage, VectorTable } from "luaskills-wasm";
import { useEffect, useState } from "preact/hooks";
import { type CellValue, DataTable } from "../parts/data-table.tsx";
import { TableChips } from "../parts/table-chips.tsx";
import { type Answer, shownRows, timed, vectorTables } from "../state/databases.ts";
import { runtime } from "../state/engine.ts";
import { blankSearch, type SearchForm, VectorSearchForm, vectorColumns } from "./vector-search-form.tsx";

/** Tables, rows, and the rows nearest to a vector or to another row. */
export function VectorPane({ database }: { readonly database: DatabaseInfo }) {
  const tables = vectorTables.value?.path === database.path ? vectorTables.value.tables : undefined;
  const [name, setName] = useState<string | undefined>(undefined);
  const [form, setForm] = useState(blankSearch);
  const [answer, setAnswer] = useState<Answer<VectorPage> | undefined>(undefined);
  const table = tables?.find((each) => each.name === name) ?? tables?.[0];

  const ask = async (next: SearchForm) => {
    setForm(next);
    if (table) setAnswer(await timed(() => pageOf(database, table, next)));
  };
  useEffect(() => void ask(form), [tables, table?.name]);
  return (
    <>
      <TableChips
        tables={tables?.map((each) => ({ name: each.name, note: String(each.rows) })) ?? []}
        current={table?.name}
        empty={tables ? "No vector tables yet: run an entry of the skill that keeps something." : "Reading…"}
        onPick={(picked) => {
          if (picked === table?.name) void ask(blankSearch);
          else {
            setForm(blankSearch);
            setName(picked);
          }
        }}
      />
      {table && <SchemaLine table={table} />}
      {table && <VectorSearchForm table={table} form={form} onChange={setForm} onAsk={(next) => void ask(next)} />}
      <div class="rows-place" aria-live="polite">
        {answer?.kind === "error" && (
          <p class="field-error data-note" role="alert">
            {answer.error.message}
          </p>
        )}
        {table && answer?.kind === "answer" && (
          <Rows
            table={table}
            page={answer.value}
            ms={answer.ms}
            onSimilar={(column, vector) => void ask({ ...form, column, vector: textOf(vector) })}
          />
        )}
      </div>
    </>
  );
}

/** @throws Error that says what is wrong with the form */
async function pageOf(database: DatabaseInfo, table: VectorTable, form: SearchForm): Promise<VectorPage> {
  const { lancedb } = runtime().databases;
  const { filter } = form;
  if (form.vector.trim() === "") return lancedb.rows(database, table.name, { filter, limit: shownRows });
  const limit = Number(form.limit);
  if (!Number.isInteger(limit) || limit < 1) throw new Error("How many? A whole number of at least 1");
  const vector = vectorOf(form.vector);
  return lancedb.search(database, { table: table.name, vector, limit, filter, vectorColumn: form.column });
}

function vectorOf(text: string): number[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    throw new Error(`The vector is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return value;
  throw new Error("A vector is a JSON array of numbers, such as [0.5, -1, 2]");
}

/** Nine digits tell any two float32 apart. */
function textOf(vector: readonly number[]): string {
  return JSON.stringify(vector.map((value) => Number(value.toPrecision(9))));
}

function SchemaLine({ table }: { readonly table: VectorTable }) {
  return (
    <p class="column-line">
      {table.columns.map(({ name, type, dim }) => (
        <span key={name}>
          {name} <span class="muted">{dim === undefined ? type : `${type.replace("vector_", "")} × ${dim}`}</span>
        </span>
      ))}
      <span class="muted">version {table.version}</span>
    </p>
  );
}

interface RowsProps {
  readonly table: VectorTable;
  readonly page: VectorPage;
  readonly ms: number;
  readonly onSimilar: (column: string, vector: readonly number[]) => void;
}

function Rows({ table, page, ms, onSimilar }: RowsProps) {
  const searched = page.rows.some((row) => "_distance" in row);
  const [column = ""] = vectorColumns(table);
  // The distance says why a row is where it is: it comes first.
  const names = [...(searched ? ["_distance"] : []), ...table.columns.map(({ name }) => name)];
  const rows = page.rows.map((row) => names.map((each): CellValue => row[each]));
  return (
    <>
      <p class="facts rows-facts">
        {searched
          ? `nearest ${rows.length} of ${page.total} by squared L2 distance`
          : `${rows.length} of ${page.total} rows`}
        {page.truncated ? ", more left out" : ""} · {ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms
      </p>
      <DataTable
        label="Rows"
        columns={names}
        rows={rows}
        action={(row) => {
          const vector = page.rows[row]?.[column];
          if (!Array.isArray(vector)) return null;
          return (
            <button
              type="button"
              class="link"
              aria-label={`Similar to row ${row + 1}`}
              onClick={() => onSimilar(column, vector)}
            >
              Similar
            </button>
          );
        }}
      />
    </>
  );
}
