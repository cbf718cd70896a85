/**
 * Databases that the host executes: `host_callback` (databases.md §14, §15). Nothing is checked and nothing is logged
 * here, as natively.
 * @module
 */
import type { CallbackContext, Json, JsonObject } from "../contract.ts";
import type { LuaValue } from "../lua/interface.ts";
import type { SqliteAccess, SqliteAccessOptions } from "./access.ts";
import { bindingInfo, bindingStatus, callbackBinding, hostLibrary, type SqliteBinding } from "./binding.ts";
import { notEnabled } from "./not-enabled.ts";

export class CallbackAccess implements SqliteAccess {
  readonly #options: SqliteAccessOptions;
  readonly #mode: "host_callback" | "space_controller";
  readonly #bindings = new Map<string, SqliteBinding>();

  constructor(options: SqliteAccessOptions, mode: "host_callback" | "space_controller") {
    this.#options = options;
    this.#mode = mode;
  }

  bind(binding: SqliteBinding): Promise<void> {
    if (this.#mode === "space_controller") {
      return Promise.reject(
        new Error(
          `Failed to register SQLite for skill ${binding.skillId}: space_controller mode is not available in this build`,
        ),
      );
    }
    if (this.#options.provider === undefined) {
      const kind = this.#options.callbackMode ?? "standard";
      return Promise.reject(
        new Error(
          `Failed to initialize SQLite skill host: SQLite host-callback mode is enabled but no ${kind} callback is registered`,
        ),
      );
    }
    if (!this.#bindings.has(binding.skillId)) this.#bindings.set(binding.skillId, binding);
    return Promise.resolve();
  }

  enabled(skillId: string): boolean {
    return this.#bindings.has(skillId);
  }

  status(skillId: string): JsonObject {
    return bindingStatus(this.#binding(skillId), hostLibrary);
  }

  info(skillId: string): JsonObject {
    return bindingInfo(this.#binding(skillId), hostLibrary);
  }

  async call(skillId: string, method: string, input: string | Uint8Array, context: CallbackContext): Promise<LuaValue> {
    const binding = callbackBinding(this.#binding(skillId));
    const text = typeof input === "string" ? input : new TextDecoder().decode(input);
    const request = { action: method, binding, input: JSON.parse(text) as Json };
    const answer = await this.#options.provider?.(request, context);
    if (this.#options.callbackMode !== "json" || typeof answer !== "string") return answer;
    if (answer === "") throw new Error("json host provider callback returned empty response_out");
    try {
      return JSON.parse(answer) as LuaValue;
    } catch (error) {
      throw new Error(`failed to parse sqlite provider response json: ${(error as Error).message}`);
    }
  }

  release(skillId: string): void {
    this.#bindings.delete(skillId);
  }

  reset(): void {
    this.#bindings.clear();
  }

  inTransaction(): boolean {
    return false;
  }

  exportDatabase(): Uint8Array {
    throw elsewhere();
  }

  importDatabase(): void {
    throw elsewhere();
  }

  #binding(skillId: string): SqliteBinding {
    const binding = this.#bindings.get(skillId);
    if (binding === undefined) throw notEnabled();
    return binding;
  }
}

function elsewhere(): Error {
  return new Error("the databases of this engine are kept by the host's provider; export and import them there");
}
