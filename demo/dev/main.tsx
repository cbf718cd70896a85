/**
 * The page of `luaskills-wasm dev`: the skills of a folder, run in this tab's sandbox, loaded anew when a file changes.
 * Editing is the editor's; the playground is the page that does it all.
 * @module
 */
import { createRuntime, type EntryDescriptor, LuaSkillsError, type Runtime } from "luaskills-wasm";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import "../src/styles/tokens.css";
import "./dev.css";
import { EntryForm } from "./entry-form.tsx";
import { followFolder } from "./folder.ts";
import { bring } from "./skills.ts";

type Connection = "starting" | "following" | "ended" | LuaSkillsError;

const mostLines = 200;

function Page() {
  const [connection, setConnection] = useState<Connection>("starting");
  const [runtime, setRuntime] = useState<Runtime>();
  const [loads, setLoads] = useState(0);
  const [selected, setSelected] = useState("");
  const [log, setLog] = useState<readonly string[]>([]);
  useEffect(() => {
    const start = async () => {
      const started = await createRuntime({ storage: { kind: "browser", name: "luaskills-dev" } });
      started.on("log", ({ level, message }) =>
        setLog((lines) => [...lines, `${level}  ${message}`].slice(-mostLines)),
      );
      setRuntime(started);
      await followFolder(async (files) => {
        await bring(started, files);
        setLoads((n) => n + 1);
        setConnection("following");
      });
      setConnection("ended");
    };
    start().catch((thrown) => setConnection(LuaSkillsError.from(thrown)));
  }, []);

  const entries = loads === 0 || !runtime ? [] : runtime.list();
  const entry = entries.find(({ name }) => name === selected) ?? entries[0];
  return (
    <div class="page">
      <header>
        <h1>LuaSkills dev</h1>
        <p class={connection instanceof LuaSkillsError ? "bad" : "soft"} role="status">
          {statusText(connection, loads)}
        </p>
      </header>
      <nav aria-label="Entries">
        <Entries entries={entries} current={entry?.name} onSelect={setSelected} />
      </nav>
      <main>
        {runtime?.problems().map((problem) => (
          <pre key={problem.skillId + problem.message} class="bad">
            {problem.severity === "warning" ? "warning for " : "not loaded: "}
            {problem.skillId}: {problem.message}
          </pre>
        ))}
        {runtime && entry && <EntryForm key={entry.name} runtime={runtime} entry={entry} />}
        {connection === "following" && !entry && <p class="soft">No skill of the folder has an entry.</p>}
      </main>
      <pre class="log" role="log">
        {log.join("\n")}
      </pre>
    </div>
  );
}

function statusText(connection: Connection, loads: number): string {
  if (connection instanceof LuaSkillsError) return connection.message;
  if (connection === "following")
    return loads === 1 ? "follows the folder" : `follows the folder, loaded ${loads} times`;
  return connection === "ended" ? "The command has ended; start it again and reload this page." : "starting…";
}

interface EntriesProps {
  readonly entries: readonly EntryDescriptor[];
  readonly current: string | undefined;
  readonly onSelect: (name: string) => void;
}

function Entries({ entries, current, onSelect }: EntriesProps) {
  const skills = [...new Set(entries.map(({ skillId }) => skillId))];
  return skills.map((id) => (
    <section key={id}>
      <h2>{id}</h2>
      {entries
        .filter(({ skillId }) => skillId === id)
        .map(({ name, localName, description }) => (
          <button
            key={name}
            type="button"
            title={description}
            aria-current={name === current ? "true" : undefined}
            onClick={() => onSelect(name)}
          >
            {localName}
          </button>
        ))}
    </section>
  ));
}

const mount = document.getElementById("app");
if (!mount) throw new Error("page.html has no #app");
render(<Page />, mount);
