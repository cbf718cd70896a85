import { type CallResult, type EntryDescriptor, LuaSkillsError, type Runtime } from "luaskills-wasm";
import { useState } from "preact/hooks";
import { fieldsOf, fieldText, parseFields } from "../src/state/fields.ts";
import { ArgumentField } from "../src/views/argument-field.tsx";

interface EntryFormProps {
  readonly runtime: Runtime;
  readonly entry: EntryDescriptor;
}

type Texts = Readonly<Record<string, string>>;

/** An entry's arguments, its call, and what came of it. */
export function EntryForm({ runtime, entry }: EntryFormProps) {
  const fields = fieldsOf(entry);
  const [texts, setTexts] = useState<Texts>({});
  const [wrong, setWrong] = useState<ReadonlyMap<string, string>>(new Map());
  const [running, setRunning] = useState<AbortController>();
  const [progress, setProgress] = useState("");
  const [outcome, setOutcome] = useState<CallResult | LuaSkillsError>();

  const run = async (event: Event) => {
    event.preventDefault();
    const parsed = parseFields(fields, texts);
    setWrong(parsed.ok ? new Map() : parsed.errors);
    if (!parsed.ok) return;
    const stop = new AbortController();
    setRunning(stop);
    setProgress("");
    const call = runtime.call(entry.name, parsed.args, {
      signal: stop.signal,
      onProgress: ({ done, total, message }) =>
        setProgress([done, total && `of ${total}`, message].filter(Boolean).join(" ")),
    });
    setOutcome(await call.catch((thrown) => LuaSkillsError.from(thrown)));
    setRunning(undefined);
  };
  return (
    <>
      <form onSubmit={(event) => void run(event)} noValidate>
        <h2>{entry.localName}</h2>
        <p class="soft">{entry.description}</p>
        {fields.map((field) => (
          <ArgumentField
            key={field.name}
            field={field}
            text={texts[field.name] ?? fieldText(field, field.fallback)}
            error={wrong.get(field.name)}
            onInput={(text) => setTexts({ ...texts, [field.name]: text })}
          />
        ))}
        {running ? (
          <button type="button" onClick={() => running.abort()}>
            Stop
          </button>
        ) : (
          <button type="submit">Run</button>
        )}
      </form>
      <div aria-live="polite" aria-busy={running !== undefined}>
        {running ? <p class="soft">Running… {progress}</p> : outcome && <Outcome outcome={outcome} />}
      </div>
    </>
  );
}

function Outcome({ outcome }: { readonly outcome: CallResult | LuaSkillsError }) {
  if (outcome instanceof LuaSkillsError) {
    return (
      <pre class="bad">
        {outcome.code}: {outcome.message}
        {typeof outcome.data.file === "string" ? `\nin ${outcome.data.file}:${String(outcome.data.line)}` : ""}
        {outcome.luaTraceback === undefined ? "" : `\n${outcome.luaTraceback}`}
      </pre>
    );
  }
  const { content, usage } = outcome;
  return (
    <>
      <pre class="result">{content}</pre>
      <p class="soft">{usage ? `${usage.runMs.toFixed(1)} ms, ${usage.peakBytes} bytes at most` : ""}</p>
    </>
  );
}
