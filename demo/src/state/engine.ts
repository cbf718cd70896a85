import { signal } from "@preact/signals";
import { createRuntime, LuaSkillsError, type Runtime } from "luaskills-wasm";
import { listenTo } from "./log.ts";
import { savedBridge } from "./saved-bridge.ts";

export type EngineState =
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly runtime: Runtime }
  | { readonly kind: "failed"; readonly error: LuaSkillsError };

export const engine = signal<EngineState>({ kind: "starting" });

/** Everything the playground stores. */
export const runtimeRoot = "/runtime";

export async function startEngine(
  options: { readonly inMemory?: boolean; readonly restore?: Blob } = {},
): Promise<void> {
  engine.value = { kind: "starting" };
  try {
    const paired = savedBridge();
    const runtime = await createRuntime({
      storage: options.inMemory ? { kind: "memory" } : { kind: "browser", name: "luaskills-playground" },
      warmSpare: true,
      ...(options.restore ? { restore: options.restore } : {}),
      process: paired ? { kind: "bridge", ...paired } : { kind: "shell" },
      limits: { callTimeoutMs: 30_000 },
      // Addresses the user pastes; Lua itself has no network.
      hostOptions: { allow_network_download: true },
    });
    listenTo(runtime);
    engine.value = { kind: "ready", runtime };
  } catch (thrown) {
    engine.value = { kind: "failed", error: LuaSkillsError.from(thrown) };
  }
}

/** @throws Error before the engine is ready; the views that call it are not shown then */
export function runtime(): Runtime {
  if (engine.value.kind !== "ready") throw new Error("the engine is not running");
  return engine.value.runtime;
}
