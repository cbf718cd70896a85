import { signal } from "@preact/signals";

/** What narrow screens show; wide ones show all of it at once. */
export type View = "skills" | "edit" | "run" | "files" | "data";
export const view = signal<View>("skills");
export const sidePanel = signal<"skills" | "files">("skills");
export const centerPanel = signal<"edit" | "data">("edit");
export const rightPanel = signal<"run" | "help" | "settings">("run");
export const logOpen = signal(false);
export const addOpen = signal(false);

export function show(next: View): void {
  view.value = next;
  if (next === "files" || next === "skills") sidePanel.value = next;
  if (next === "edit" || next === "data") centerPanel.value = next;
}
