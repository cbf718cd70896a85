/**
 * What a call brings along for skills to see.
 * @module
 */
import type { Json, JsonObject } from "./json.ts";

/** spec engine.md §1.9; snake_case because it is what skills see. */
export interface InvocationContext {
  readonly request_context?: JsonObject | null;
  readonly client_budget?: Json;
  readonly tool_config?: Json;
}
