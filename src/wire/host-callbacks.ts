import type { CallbackContext, HostCallbacks } from "../contract/contract.ts";
import { type ErrorData, LuaSkillsError } from "../errors.ts";
import type { HostCallbackName, Outcome } from "./protocol.ts";

const names: readonly HostCallbackName[] = [
  "hostTool",
  "embed",
  "llm",
  "skillManagement",
  "sqliteProvider",
  "lancedbProvider",
  "fetch",
];

/** The callbacks the host has registered. */
export function registeredCallbacks(callbacks: HostCallbacks): HostCallbackName[] {
  return names.filter((name) => callbacks[name] !== undefined);
}

/** Runs one callback for the engine. Whatever it throws becomes data. */
export async function runCallback(
  callbacks: HostCallbacks,
  name: HostCallbackName,
  request: unknown,
  context: CallbackContext,
): Promise<Outcome> {
  const callback = callbacks[name] as ((request: unknown, context: CallbackContext) => unknown) | undefined;
  try {
    if (!callback) throw new LuaSkillsError("internal", `the engine asked for the callback ${name}, which nobody gave`);
    if (name === "fetch") return { ok: true, value: await runFetch(callbacks, request as FetchRequest, context) };
    return { ok: true, value: await callback(request, context) };
  } catch (thrown) {
    return { ok: false, error: thrownData(thrown) };
  }
}

interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array;
}

function runFetch(callbacks: HostCallbacks, { url, ...init }: FetchRequest, { signal }: CallbackContext): unknown {
  return callbacks.fetch?.(url, { ...init, signal });
}

/**
 * Callbacks may throw a `LuaSkillsError`, any Error, or plain data such as a model error `{ code, message,
 * provider_status }` (spec engine.md §12.5). What such data says is kept in `data`, its code included.
 */
function thrownData(thrown: unknown): ErrorData {
  if (thrown instanceof LuaSkillsError || typeof thrown !== "object" || thrown === null || !("code" in thrown)) {
    return LuaSkillsError.from(thrown).toData();
  }
  const message = "message" in thrown ? String(thrown.message) : "the host callback failed";
  const facts = Object.entries(thrown).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return { code: "internal", message, data: Object.fromEntries(facts) };
}
