import type { EntryDescriptor } from "luaskills-wasm";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { drafts, setDraft } from "../../state/arguments.ts";
import { fieldsOf, fieldText } from "../../state/fields.ts";
import { outcome, running } from "../../state/run.ts";
import { argumentErrors, submit } from "../../state/submit.ts";
import { ArgumentField } from "../argument-field.tsx";
import { OutcomeView } from "../outcome-view.tsx";

export function RunPanel({ entry }: { readonly entry: EntryDescriptor }) {
  const fields = fieldsOf(entry);
  const texts = drafts.value[entry.name] ?? {};
  const wrong = argumentErrors.value?.entry === entry.name ? argumentErrors.value.errors : undefined;
  const busy = running.value?.entry === entry.name ? running.value : undefined;
  const hasExamples = fields.some((field) => field.example !== undefined);

  const end = useRef<HTMLDivElement>(null);
  // The form may fill the screen: what came back should not be below its edge.
  const shown = outcome.value;
  useEffect(() => {
    if (shown?.entry === entry.name && !busy) end.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [shown]);

  const onSubmit = (event: Event) => {
    event.preventDefault();
    submit(entry);
  };
  const fillExample = () => {
    const examples = fields.filter((field) => field.example !== undefined);
    setDraft(entry.name, { ...texts, ...Object.fromEntries(examples.map((f) => [f.name, fieldText(f, f.example)])) });
    argumentErrors.value = undefined;
  };
  return (
    <>
      <h2 class="run-title">{entry.localName}</h2>
      <p class="run-description">{entry.description}</p>
      <form
        onSubmit={onSubmit}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit(event);
        }}
        noValidate
      >
        {fields.length === 0 && <p class="muted">This entry takes no arguments.</p>}
        {fields.map((field) => (
          <ArgumentField
            key={field.name}
            field={field}
            text={texts[field.name] ?? fieldText(field, field.fallback)}
            error={wrong?.get(field.name)}
            onInput={(text) => setDraft(entry.name, { ...texts, [field.name]: text })}
          />
        ))}
        <div class="row run-row">
          {busy ? (
            <button type="button" class="button stop" onClick={busy.stop}>
              <Icon name="stop" /> Stop
            </button>
          ) : (
            <button type="submit" class="button primary run-button" aria-keyshortcuts="Control+Enter Meta+Enter">
              <Icon name="play" /> Run <kbd>Ctrl ↵</kbd>
            </button>
          )}
          {hasExamples && (
            <button type="button" class="button" onClick={fillExample}>
              Fill in an example
            </button>
          )}
        </div>
      </form>
      <div class="outcome-place" ref={end} aria-live="polite" aria-busy={busy !== undefined}>
        {busy && <p class="muted running">Running…</p>}
        {!busy && shown?.entry === entry.name && <OutcomeView outcome={shown} />}
      </div>
    </>
  );
}
