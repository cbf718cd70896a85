import type { VectorTable } from "luaskills-wasm";
import { Icon } from "../parts/icon.tsx";

export interface SearchForm {
  /** JSON; blank: the rows as they are. */
  readonly vector: string;
  readonly column: string;
  readonly limit: string;
  readonly filter: string;
}

export const blankSearch: SearchForm = { vector: "", column: "", limit: "10", filter: "" };

export function vectorColumns(table: VectorTable): string[] {
  return table.columns.flatMap(({ name, dim }) => (dim === undefined ? [] : [name]));
}

interface VectorSearchFormProps {
  readonly table: VectorTable;
  readonly form: SearchForm;
  readonly onChange: (form: SearchForm) => void;
  readonly onAsk: (form: SearchForm) => void;
}

export function VectorSearchForm({ table, form, onChange, onAsk }: VectorSearchFormProps) {
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
