import { signal } from "@preact/signals";
import type { AgentEvent } from "luaskills-wasm/genx";

export interface ToolItem {
  readonly kind: "tool";
  readonly id: string;
  readonly name: string;
  readonly args: string;
  readonly state: "running" | "asking" | "done" | "failed";
  readonly result?: string;
}

export type Item = { readonly kind: "user" | "model" | "note" | "error"; readonly text: string } | ToolItem;

export const items = signal<readonly Item[]>([]);

export function addItem(item: Item): void {
  items.value = [...items.value, item];
}

export function clearItems(): void {
  items.value = [];
}

export function updateTool(id: string, change: Partial<ToolItem>): void {
  items.value = items.value.map((item) => (item.kind === "tool" && item.id === id ? { ...item, ...change } : item));
}

/** What a person sees of an event. */
export function showEvent(event: AgentEvent): void {
  switch (event.type) {
    case "chunk": {
      const { part } = event.chunk;
      if (part?.type === "text") appendText(part.value);
      return;
    }
    case "tool_start":
      addItem({
        kind: "tool",
        id: event.toolCall.id,
        name: event.toolCall.name,
        args: event.toolCall.args,
        state: "running",
      });
      return;
    case "tool_done":
      updateTool(event.toolCall.id, {
        state: "done",
        result: typeof event.toolResult === "string" ? event.toolResult : JSON.stringify(event.toolResult),
      });
      return;
    case "tool_error":
      updateTool(event.toolCall.id, { state: "failed", result: event.toolError });
      return;
    case "interrupted":
      items.value = items.value.map((item) =>
        item.kind === "tool" && (item.state === "running" || item.state === "asking")
          ? { ...item, state: "failed", result: "stopped" }
          : item,
      );
      addItem({ kind: "note", text: "Stopped." });
      return;
    case "error":
      addItem({ kind: "error", text: event.error.message });
      return;
  }
}

function appendText(text: string): void {
  const last = items.value.at(-1);
  if (last?.kind !== "model") addItem({ kind: "model", text });
  else items.value = [...items.value.slice(0, -1), { kind: "model", text: last.text + text }];
}
