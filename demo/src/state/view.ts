import { signal } from "@preact/signals";

/** What narrow screens show; wide ones show all of it at once. */
export type View = "skills" | "edit" | "run" | "files" | "data" | "terminal";
export const view = signal<View>("skills");
export const sidePanel = signal<"skills" | "files">("skills");
export const centerPanel = signal<"edit" | "data" | "terminal">("edit");
export const terminalTab = signal<"shell" | "bridge">("shell");
export const rightPanel = signal<"run" | "help" | "settings">("run");
export const logOpen = signal(false);
export const addOpen = signal(false);

export function show(next: View): void {
  view.value = next;
  // Where the page itself scrolls, as on a zoomed screen, a place begins at its top.
  scrollTo(0, 0);
  if (next === "files" || next === "skills") sidePanel.value = next;
  if (next === "edit" || next === "data" || next === "terminal") centerPanel.value = next;
}
