import { signal } from "@preact/signals";

/** What is typed into the fields, as text, by entry; it survives a reload of the page. */
const storageKey = "playground-arguments";
export const drafts = signal<Readonly<Record<string, Readonly<Record<string, string>>>>>(stored());

function stored(): Record<string, Record<string, string>> {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Record<string, Record<string, string>>;
  } catch {
    // A text that is not ours, or no storage: the form starts empty.
    return {};
  }
}

export function setDraft(entry: string, values: Readonly<Record<string, string>>): void {
  drafts.value = { ...drafts.value, [entry]: values };
  localStorage.setItem(storageKey, JSON.stringify(drafts.value));
}
