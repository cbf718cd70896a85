import type { DatabaseInfo } from "luaskills-wasm";
import { useEffect, useState } from "preact/hooks";
import { Empty } from "../../parts/empty.tsx";
import { Icon } from "../../parts/icon.tsx";
import { sizeText } from "../../parts/size.ts";
import {
  databases,
  deleteDatabase,
  exportDatabase,
  fileKinds,
  importDatabase,
  readTables,
  refreshDatabases,
  selectDatabase,
  selectedDatabase,
} from "../../state/databases.ts";
import { files } from "../../state/files.ts";
import { library } from "../../state/library.ts";
import { attempt, notify } from "../../state/notice.ts";
import { SqlPane } from "../sql-pane.tsx";
import { VectorPane } from "../vector-pane.tsx";

const kindNames = { sqlite: "SQLite", lancedb: "Vectors" } as const;

/** What skills keep in databases: look into it, take it away, bring it back. */
export function DataPanel() {
  const database = selectedDatabase.value;
  useEffect(() => void attempt(refreshDatabases), []);
  // Another object after everything that may have changed it: a run, an import, a removal.
  useEffect(() => {
    if (database) void attempt(() => readTables(database));
  }, [database]);
  if (databases.value === undefined) return <div class="card data" aria-busy="true" />;
  if (!database) {
    return (
      <div class="card data">
        <Empty icon="database" title="No database yet">
          <p>
            Skills that say <code>sqlite</code> or <code>lancedb: {"{ enable: true }"}</code> in their skill.yaml keep
            data here. The sample Recall does.
          </p>
        </Empty>
      </div>
    );
  }
  return (
    <div class="card data">
      <DatabaseBar database={database} />
      {database.kind === "sqlite" ? (
        <SqlPane key={database.path} database={database} />
      ) : (
        <VectorPane key={database.path} database={database} />
      )}
    </div>
  );
}

function DatabaseBar({ database }: { readonly database: DatabaseInfo }) {
  const [error, setError] = useState<string | undefined>(undefined);
  useEffect(() => setError(undefined), [database.path]);
  const bringBack = async (file: File | undefined) => {
    if (!file) return;
    const what = `the ${kindNames[database.kind]} data of ${skillName(database)}`;
    if (!confirm(`Replace ${what} by ${file.name}? What is there now is lost.`)) return;
    setError(undefined);
    try {
      await importDatabase(database, new Uint8Array(await file.arrayBuffer()));
      await files.refresh();
      notify("good", `${file.name} is imported`);
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  return (
    <div class="data-head">
      <div class="data-bar">
        <select
          aria-label="Database"
          value={database.path}
          onInput={(event) => {
            const chosen = databases.value?.find((each) => each.path === event.currentTarget.value);
            if (chosen) selectDatabase(chosen);
          }}
        >
          {databases.value?.map((each) => (
            <option key={each.path} value={each.path}>
              {skillName(each)} · {kindNames[each.kind]}
              {each.loaded ? "" : " (kept)"}
            </option>
          ))}
        </select>
        <span class="facts">{sizeText(database.bytes)}</span>
        <div class="row data-actions">
          <button type="button" class="button" onClick={() => void attempt(() => exportDatabase(database))}>
            <Icon name="download" /> Export
          </button>
          <ImportButton database={database} onFile={(file) => void bringBack(file)} />
        </div>
      </div>
      {!database.loaded && <KeptNote database={database} />}
      {error && (
        <p class="field-error data-note" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function ImportButton({
  database,
  onFile,
}: {
  readonly database: DatabaseInfo;
  readonly onFile: (file: File | undefined) => void;
}) {
  return (
    <label class="button file-button">
      <Icon name="upload" /> Import
      <input
        type="file"
        class="visually-hidden"
        accept={database.kind === "sqlite" ? ".sqlite3,.sqlite,.db" : ".zip"}
        aria-label={`Import a ${fileKinds[database.kind]} file`}
        onChange={(event) => {
          onFile(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </label>
  );
}

function KeptNote({ database }: { readonly database: DatabaseInfo }) {
  return (
    <p class="data-note muted">
      No loaded skill uses it: {database.skillId} was removed, or is off or broken.{" "}
      <button
        type="button"
        class="link"
        onClick={() => {
          if (confirm(`Delete what ${database.skillId} kept here?`)) void attempt(() => deleteDatabase(database));
        }}
      >
        Delete it
      </button>
    </p>
  );
}

function skillName({ skillId }: DatabaseInfo): string {
  return library.value?.find((skill) => skill.id === skillId)?.name ?? skillId;
}
