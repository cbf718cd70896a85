import type { DatabaseInfo, VectorPage, VectorTable } from "luaskills-wasm";
import { useEffect, useState } from "preact/hooks";
import { type CellValue, DataTable } from "../parts/data-table.tsx";
import { Icon } from "../parts/icon.tsx";
import { TableChips } from "../parts/table-chips.tsx";
import { type Answer, shownRows, timed, vectorTables } from "../state/databases.ts";
import { runtime } from "../state/engine.ts";

interface Form {
  /** JSON; blank: the rows as they are. */
  readonly vector: string;
  readonly column: string;
  readonly limit: string;
  readonly filter: string;
}

const blank: Form = { vector: "", column: "", limit: "10", filter: "" };

/** Tables, rows, and the rows nearest to a vector or to another row. */
export function VectorPane({ database }: { readonly database: DatabaseInfo }) {
  const tables = vectorTables.value?.path === database.path ? vectorTables.value.tables : undefined;
  const [name, setName] = useState<string | undefined>(undefined);
  const [form, setForm] = useState(blank);
  const [answer, setAnswer] = useState<Answer<VectorPage> | undefined>(undefined);
  const table = tables?.find((each) => each.name === name) ?? tables?.[0];

  const ask = async (next: Form) => {
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
          setForm(blank);
          setName(picked);
        }}
      />
      {table && <SchemaLine table={table} />}
      {table && <SearchForm table={table} form={form} onChange={setForm} onAsk={(next) => void ask(next)} />}
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
async function pageOf(database: DatabaseInfo, table: VectorTable, form: Form): Promise<VectorPage> {
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

function vectorColumns(table: VectorTable): string[] {
  return table.columns.flatMap(({ name, dim }) => (dim === undefined ? [] : [name]));
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

interface SearchFormProps {
  readonly table: VectorTable;
  readonly form: Form;
  readonly onChange: (form: Form) => void;
  readonly onAsk: (form: Form) => void;
}

function SearchForm({ table, form, onChange, onAsk }: SearchFormProps) {
  const columns = vectorColumns(table);
  return (
    <form
      class="query vector-query"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(form);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        onAsk(form);
      }}
    >
      <textarea
        class="mono"
        rows={2}
        spellcheck={false}
        aria-label="Vector as JSON"
        aria-keyshortcuts="Control+Enter Meta+Enter"
        placeholder="[0.5, -1, …] finds the nearest rows; or choose “Similar” in a row"
        value={form.vector}
        onInput={(event) => onChange({ ...form, vector: event.currentTarget.value })}
      />
      <div class="query-options">
        <label class="filter-field">
          <span>Filter</span>
          <input
            class="mono"
            value={form.filter}
            placeholder="topic = 'home'"
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => onChange({ ...form, filter: event.currentTarget.value })}
          />
        </label>
        <label class="limit-field">
          <span>Nearest</span>
          <input
            inputMode="numeric"
            value={form.limit}
            onInput={(event) => onChange({ ...form, limit: event.currentTarget.value })}
          />
        </label>
        {columns.length > 1 && (
          <label>
            <span>Column</span>
            <select value={form.column} onInput={(event) => onChange({ ...form, column: event.currentTarget.value })}>
              <option value="">by length</option>
              {columns.map((column) => (
                <option key={column} value={column}>
                  {column}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="submit" class="button primary">
          <Icon name="search" /> {form.vector.trim() === "" ? "Show rows" : "Search"} <kbd>Ctrl ↵</kbd>
        </button>
        {form.vector !== "" && (
          <button type="button" class="button" onClick={() => onAsk({ ...form, vector: "", column: "" })}>
            All rows
          </button>
        )}
      </div>
    </form>
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
