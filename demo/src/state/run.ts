import { signal } from "@preact/signals";
import { type CallResult, type JsonObject, LuaSkillsError } from "luaskills-wasm";
import { refreshDatabases } from "./databases.ts";
import { runtime } from "./engine.ts";
import { files } from "./files.ts";

export type Outcome =
  | { readonly kind: "result"; readonly entry: string; readonly result: CallResult; readonly ms: number }
  | { readonly kind: "error"; readonly entry: string; readonly error: LuaSkillsError };

export const outcome = signal<Outcome | undefined>(undefined);
export const running = signal<{ readonly entry: string; readonly stop: () => void } | undefined>(undefined);

export async function runEntry(entry: string, args: JsonObject): Promise<void> {
  running.value?.stop();
  const controller = new AbortController();
  const mine = { entry, stop: () => controller.abort() };
  running.value = mine;
  const started = performance.now();
  try {
    const result = await runtime().call(entry, args, { signal: controller.signal, context: { client_budget: budget } });
    outcome.value = { kind: "result", entry, result, ms: performance.now() - started };
  } catch (thrown) {
    outcome.value = { kind: "error", entry, error: LuaSkillsError.from(thrown) };
  } finally {
    if (running.value === mine) running.value = undefined;
    await Promise.all([files.refresh(), refreshDatabases()]);
  }
}

/** Published skills ask their host for one (spec vulcan-api.md §14). */
const budget = {
  tool_result: { bytes: 64_000, lines: 2_000 },
  file_read: { bytes: 256_000, lines: -1 },
};
