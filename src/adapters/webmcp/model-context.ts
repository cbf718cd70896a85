/**
 * `document.modelContext` as browsers with WebMCP have it (W3C Web Machine Learning community group, draft), and what earlier
 * drafts had instead: `navigator.modelContext`, `unregisterTool`, `provideContext`.
 * @module
 */
import type { JsonObject } from "../../contract/contract.ts";

export interface ModelContextTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly annotations?: Readonly<Record<string, boolean>>;
  /** Earlier drafts give something else than options with a signal. */
  readonly execute: (input: object, options?: { readonly signal?: unknown }) => Promise<unknown>;
}

export interface ModelContext {
  registerTool?(
    tool: ModelContextTool,
    options?: { readonly signal?: AbortSignal; readonly exposedTo?: readonly string[] },
  ): unknown;
  unregisterTool?(name: string): unknown;
  provideContext?(context: { readonly tools: readonly ModelContextTool[] }): unknown;
}

/** Undefined where the browser has none. */
export function modelContextHere(): ModelContext | undefined {
  const { document, navigator } = globalThis as {
    document?: { modelContext?: ModelContext };
    navigator?: { modelContext?: ModelContext };
  };
  return document?.modelContext ?? navigator?.modelContext;
}
