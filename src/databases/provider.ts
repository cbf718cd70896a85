/**
 * Who executes the requests of one database kind: the embedded store or a callback of the host (databases.md §14).
 * @module
 */
import type { JsonObject } from "../contract/contract.ts";
import type { LuaValue } from "../lua/interface.ts";
import type { DatabaseContext } from "./access.ts";
import type { DatabaseBinding } from "./binding.ts";

export interface DatabaseProvider {
  /** Makes sure that the database of a skill can be used; may load code. @throws Error: the skill is not loaded */
  register(binding: DatabaseBinding): void | Promise<void>;
  /** What registration left for later and has to be there before a skill runs; undefined: nothing. @throws LuaSkillsError */
  prepare?(): Promise<void> | undefined;
  /**
   * One method (§1). `input` is the JSON text of the skill's table; `data` the bytes of a Lua string that JSON may not hold.
   * @throws Error with the text Lua sees
   */
  call(
    binding: DatabaseBinding,
    method: string,
    input: string,
    context: DatabaseContext,
    data?: Uint8Array,
  ): LuaValue | Promise<LuaValue>;
  /** Members `status()` has in this mode beside those of every mode. */
  status(binding: DatabaseBinding): JsonObject;
  /** Members `info()` adds to `status()`. */
  info(binding: DatabaseBinding): JsonObject;
  memoryBytes?(): number;
  /** Lets go of every open database; the next use opens it again. */
  closeAll(): void;
}
