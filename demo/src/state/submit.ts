import { signal } from "@preact/signals";
import type { EntryDescriptor } from "luaskills-wasm";
import { drafts } from "./arguments.ts";
import { saveSkill } from "./editor.ts";
import { fieldsOf, parseFields } from "./fields.ts";
import { selectedEntry } from "./library.ts";
import { attempt } from "./notice.ts";
import { runEntry } from "./run.ts";

/** What is wrong with the arguments of an entry, by field. */
export const argumentErrors = signal<
  { readonly entry: string; readonly errors: ReadonlyMap<string, string> } | undefined
>(undefined);

/** Saves what was typed into the skill's files and runs the entry, unless an argument cannot be used. */
export function submit(entry: EntryDescriptor): void {
  const parsed = parseFields(fieldsOf(entry), drafts.value[entry.name] ?? {});
  argumentErrors.value = parsed.ok ? undefined : { entry: entry.name, errors: parsed.errors };
  if (parsed.ok) {
    void attempt(async () => {
      await saveSkill(entry.skillId);
      await runEntry(entry.name, parsed.args);
    });
  } else document.getElementById(`field-${[...parsed.errors.keys()][0]}`)?.focus();
}

/** The entry beside the editor. */
export function submitSelected(): void {
  if (selectedEntry.value) submit(selectedEntry.value);
}
