import type { DatabaseInfo, LuaSkillsError, SqlResult, SqlTable } from "luaskills-wasm";
import { useEffect, useRef, useState } from "preact/hooks";
import { DataTable } from "../parts/data-table.tsx";
import { Icon } from "../parts/icon.tsx";
import { TableChips } from "../parts/table-chips.tsx";
import { type Answer, queryTexts, runQuery, setQueryText, shownRows, sqlTables } from "../state/databases.ts";

/** Tables, a query box, rows. Choosing a table asks for its rows. */
export function SqlPane({ database }: { readonly database: DatabaseInfo }) {
  const { path } = database;
  const text = queryTexts.value[path] ?? "";
  const tables = sqlTables.value?.path === path ? sqlTables.value.tables : undefined;
  const [answer, setAnswer] = useState<Answer<SqlResult> | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  /** What is shown was asked with this. */
  const asked = useRef("");

  const run = async (sql: string) => {
    if (sql.trim() === "") return;
    asked.current = sql;
    setBusy(true);
    setAnswer(await runQuery(database, sql));
    setBusy(false);
  };
  const preview = (table: SqlTable) => {
    const sql = previewOf(table);
    setQueryText(path, sql);
    void run(sql);
  };
  // What the database holds has changed (or is seen for the first time): ask again.
  useEffect(() => {
    if (!tables) return;
    if (asked.current !== "") return void run(asked.current);
    const first = tables.find(isOwn);
    if (text.trim() !== "") void run(text);
    else if (first) preview(first);
  }, [tables]);
  const own = tables?.filter(isOwn) ?? [];
  const shown = own.find((table) => text === previewOf(table));
  return (
    <>
      <TableChips
        tables={own.map(({ name, type, rows }) => ({ name, note: rows === null ? type : String(rows) }))}
        current={shown?.name}
        empty={tables ? "No tables yet: run an entry of the skill that keeps something." : "Reading…"}
        onPick={(name) => {
          const table = own.find((each) => each.name === name);
          if (table) preview(table);
        }}
      />
      <form
        class="query"
        onSubmit={(event) => {
          event.preventDefault();
          void run(text);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void run(text);
        }}
      >
        <textarea
          class="mono"
          rows={3}
          spellcheck={false}
          aria-label="SQL query"
          aria-keyshortcuts="Control+Enter Meta+Enter"
          placeholder="SELECT …"
          value={text}
          onInput={(event) => setQueryText(path, event.currentTarget.value)}
        />
        <button type="submit" class="button primary" disabled={busy || text.trim() === ""}>
          <Icon name="play" /> Run <kbd>Ctrl ↵</kbd>
        </button>
      </form>
      {shown && <ColumnLine table={shown} />}
      <div class="rows-place" aria-live="polite" aria-busy={busy}>
        {answer?.kind === "error" && <QueryError error={answer.error} sql={asked.current} />}
        {answer?.kind === "answer" && <Rows result={answer.value} ms={answer.ms} />}
      </div>
    </>
  );
}

/** Shadow tables of an index and the engine's own words are not what a skill keeps. */
function isOwn({ type, name }: SqlTable): boolean {
  return type !== "shadow" && !name.startsWith("_vulcan_");
}

function previewOf({ name, type }: SqlTable): string {
  const quoted = /^[A-Za-z_]\w*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
  // An index has no column of its own to tell its rows by.
  return `SELECT ${type === "virtual" ? "rowid, *" : "*"} FROM ${quoted} LIMIT ${shownRows}`;
}

function ColumnLine({ table }: { readonly table: SqlTable }) {
  return (
    <p class="column-line">
      {table.columns.map(({ name, type, primaryKey }) => (
        <span key={name}>
          {name} <span class="muted">{[type.toLowerCase(), primaryKey ? "key" : ""].filter(Boolean).join(", ")}</span>
        </span>
      ))}
    </p>
  );
}

function Rows({ result, ms }: { readonly result: SqlResult; readonly ms: number }) {
  const { columns, rows, truncated } = result;
  return (
    <>
      <p class="facts rows-facts">
        {rows.length === 1 ? "1 row" : `${rows.length} rows`}
        {truncated ? ", more left out" : ""} · {ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms
      </p>
      {columns.length > 0 && <DataTable label="Rows" columns={columns} rows={rows} />}
    </>
  );
}

/** SQLite's message, and the place in the text it means. */
function QueryError({ error, sql }: { readonly error: LuaSkillsError; readonly sql: string }) {
  const { offset } = error.data;
  return (
    <section class="outcome failed query-error" role="alert">
      <h3>
        <Icon name="alert" />
        {error.code === "permission_denied" ? "This pane only reads" : "The query does not run"}
        <code>{error.code}</code>
      </h3>
      <p class="error-message">{error.message}</p>
      {typeof offset === "number" && <pre class="trace">{pointTo(sql, offset)}</pre>}
    </section>
  );
}

/** The line, and a caret below the place. */
function pointTo(sql: string, offset: number): string {
  const start = sql.lastIndexOf("\n", offset - 1) + 1;
  const [line = ""] = sql.slice(start).split("\n");
  return `${line}\n${" ".repeat(offset - start)}^`;
}
