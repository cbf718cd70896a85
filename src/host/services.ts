/**
 * What the vulcan.* namespaces need from the engine. One object per engine, shared by all its VMs.
 * @module
 */
import type { CallbackContext, HostCallbacks, Json, JsonObject, LogEvent } from "../contract.ts";
import type { Clock } from "../lua/interface.ts";
import type { Vfs } from "../vfs/interface.ts";

export interface HostServices {
  readonly vfs: Vfs;
  readonly clock: Clock;
  /** The one current directory of the engine (vulcan-api.md §1.5); absolute. */
  readonly workingDirectory: { current: string };
  readonly env: Readonly<Record<string, string>>;
  readonly os: { readonly os: string; readonly arch: string };
  /** Label of vulcan-api.md §7.2. */
  readonly defaultTextEncoding: string;
  readonly directories: {
    readonly temp: string | undefined;
    readonly resources: string | undefined;
    readonly luaPackages: string | undefined;
    readonly ffi: string | undefined;
  };
  readonly cache: { readonly maxEntries: number; readonly defaultTtlSecs: number; readonly maxTtlSecs: number };
  readonly capabilities: { readonly skillManagementBridge: boolean; readonly managedIoCompat: boolean };
  readonly callbacks: HostCallbacks;
  readonly config: SkillConfigAccess;
  readonly databases: { readonly sqlite?: DatabaseAccess; readonly lancedb?: DatabaseAccess };
  /** Labels of the loaded root chain, in order (vulcan.runtime.skills.layers). */
  rootLabels(): readonly string[];
  log(event: LogEvent): void;
}

/** The persisted per-skill configuration (engine.md §6); implemented by skills/config-store.ts. Throws Error with the exact texts. */
export interface SkillConfigAccess {
  get(skillId: string, key: string): string | undefined;
  set(skillId: string, key: string, value: string): void;
  delete(skillId: string, key: string): boolean;
  list(skillId: string): Readonly<Record<string, string>>;
}

/** One database kind behind vulcan.sqlite / vulcan.lancedb (databases.md). */
export interface DatabaseAccess {
  enabled(skillId: string): boolean;
  /** The table of `status()` / `info()` for an enabled skill. */
  status(skillId: string): JsonObject;
  info(skillId: string): JsonObject;
  /**
   * Runs one method. `input` is the JSON text of the Lua argument (vulcan-api.md §2.1) or raw bytes where a method takes
   * them; the answer is a JSON value or raw bytes. Throws Error with the exact text Lua sees.
   */
  call(
    skillId: string,
    method: string,
    input: string | Uint8Array,
    context: CallbackContext,
  ): Json | Uint8Array | Promise<Json | Uint8Array>;
}
