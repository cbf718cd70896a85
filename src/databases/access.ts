/**
 * A database kind as `vulcan.sqlite` and `vulcan.lancedb` use it: by skill, whoever executes the requests.
 * @module
 */
import type { Payer } from "../base/work.ts";
import type { CallbackContext, JsonObject } from "../contract/contract.ts";
import type { LuaValue } from "../lua/interface.ts";

/** A call of a database method. */
export interface DatabaseContext extends CallbackContext {
  /** True once the run's time is over. Nothing can interrupt a query from outside, so a long one asks. */
  isOver?(): boolean;
  /** Who pays for what the call does in JavaScript, also after a wait. */
  readonly payer?: Payer;
  /** False where Lua cannot be suspended: what has to leave the engine is not started then. Default true. */
  readonly mayWait?: boolean;
}

/** One database kind behind vulcan.sqlite / vulcan.lancedb (databases.md). */
export interface DatabaseAccess {
  /** A callback of the host answers the calls: it may call the runtime again. */
  readonly asksHost?: boolean;
  enabled(skillId: string): boolean;
  /** The table of `status()` / `info()` for an enabled skill. */
  status(skillId: string): JsonObject;
  info(skillId: string): JsonObject;
  /**
   * Runs one method. `input` is the JSON text of the Lua argument (vulcan-api.md §2.1) or raw bytes where a method takes
   * them; the answer is a JSON value or raw bytes. Throws Error with the exact text Lua sees.
   * `payload`: the bytes of `data` of a `vector_upsert` whose `data` is a Lua string (databases.md §12.4).
   */
  call(
    skillId: string,
    method: string,
    input: string | Uint8Array,
    context: DatabaseContext,
    payload?: Uint8Array,
  ): LuaValue | Promise<LuaValue>;
}
