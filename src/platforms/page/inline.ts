/**
 * luaskills-wasm/inline: the engine in the thread that asks for it. For service workers, which cannot start a worker, and for
 * workers that should not.
 *
 * @example
 * import { createRuntime } from "luaskills-wasm/inline";
 * const runtime = await createRuntime({ storage: "memory" });
 *
 * @module
 */
import type { Runtime, RuntimeOptions } from "../../contract/contract.ts";
import { InlineLink } from "../../wire/inline-link.ts";
import { startRuntime } from "./start-runtime.ts";
import { browserEngine } from "./worker-engine.ts";

export type { Runtime } from "../../contract/contract.ts";
export { LuaSkillsError } from "../../errors.ts";

export interface InlineRuntimeOptions extends Omit<RuntimeOptions, "worker" | "workerUrl" | "warmSpare"> {
  /** What this function does anyway; it may be said. */
  readonly inline?: true;
}

/**
 * As `createRuntime` of the package, in this thread: Lua that computes keeps it from doing anything else, for as long as a call may
 * take. Endless loops still end at their limit, by the engine's own guard; nothing outside can end them before.
 *
 * A service worker may not load code later: bundle it into one file.
 *
 * @throws LuaSkillsError `wasm_unavailable` | `storage_unavailable` | `storage_in_use` | `options_differ` | `invalid_argument` (an
 * option, by name) | `aborted`
 */
export function createRuntime({ inline: _said, ...options }: InlineRuntimeOptions = {}): Promise<Runtime> {
  return startRuntime(
    options,
    ({ wasm, waiting, storeHeld }) =>
      new InlineLink(async (...start) => {
        await storeHeld;
        const boot = browserEngine({ type: "luaskills-hello", wasm, waiting, storeHeld: true });
        return boot(...start);
      }),
    false,
  );
}
