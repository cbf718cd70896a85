import type { Field } from "../state/fields.ts";

interface ArgumentFieldProps {
  readonly field: Field;
  readonly text: string;
  readonly error: string | undefined;
  readonly onInput: (text: string) => void;
}

export function ArgumentField({ field, text, error, onInput }: ArgumentFieldProps) {
  const id = `field-${field.name}`;
  const note = noteOf(field);
  if (field.kind === "boolean") {
    return (
      <div class="field">
        <label class="check" for={id}>
          <input
            id={id}
            type="checkbox"
            checked={text === "true"}
            onInput={(event) => onInput(String(event.currentTarget.checked))}
          />
          {field.label}
        </label>
        {note && <p class="field-note">{note}</p>}
      </div>
    );
  }
  return (
    <div class={`field ${error ? "wrong" : ""}`}>
      <label for={id}>
        {field.label}
        {field.required ? <span class="needed"> required</span> : null}
      </label>
      <Control id={id} field={field} text={text} invalid={error !== undefined} onInput={onInput} />
      {error && (
        <p class="field-error" id={`${id}-note`}>
          {error}
        </p>
      )}
      {!error && note && (
        <p class="field-note" id={`${id}-note`}>
          {note}
        </p>
      )}
    </div>
  );
}

const howTo: Partial<Record<Field["kind"], string>> = { list: "One per line.", json: "As JSON." };

function noteOf({ kind, description }: Field): string {
  const how = howTo[kind];
  if (!how || description === "") return how ?? description;
  return `${description}${/[.!?]$/.test(description) ? "" : "."} ${how}`;
}

interface ControlProps {
  readonly id: string;
  readonly field: Field;
  readonly text: string;
  readonly invalid: boolean;
  readonly onInput: (text: string) => void;
}

function Control({ id, field, text, invalid, onInput }: ControlProps) {
  const common = {
    id,
    "aria-invalid": invalid,
    "aria-required": field.required,
    "aria-describedby": `${id}-note`,
    value: text,
  } as const;
  if (field.kind === "choice") {
    return (
      <select {...common} onInput={(event) => onInput(event.currentTarget.value)}>
        {!field.required && <option value="" />}
        {field.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  if (field.kind === "multiline" || field.kind === "list" || field.kind === "json") {
    const rows = { multiline: 5, list: 2, json: 3 }[field.kind];
    return (
      <textarea
        {...common}
        rows={rows}
        class={field.kind === "json" ? "mono" : ""}
        spellcheck={field.kind === "multiline"}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    );
  }
  return (
    <input
      {...common}
      type="text"
      inputMode={field.kind === "integer" ? "numeric" : field.kind === "number" ? "decimal" : "text"}
      autocomplete="off"
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}
