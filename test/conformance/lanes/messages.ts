/**
 * What a lane's two ends say to each other. Everything is structured-cloneable, and JSON where a process is between.
 * @module
 */
import type { EngineOptions } from "../../../src/contract/contract.ts";
import type { Case } from "../case-format.ts";
import type { Outcome } from "../executor.ts";

/** What a lane is told once, before its first case. */
export interface LaneStart {
  readonly waiting?: "J" | "Y";
  readonly isolation: "skill" | "shared";
  /** Default memory. */
  readonly storage?: "memory" | "opfs";
  /** Default vfs. */
  readonly sqliteStorage?: "vfs" | "opfs";
  /** `follower`: over the channel between two tabs. Default: the engine itself. */
  readonly tab?: "leader" | "follower";
  /** What programs run with. Default: the embedded shell. */
  readonly process?: NonNullable<EngineOptions["process"]>;
  /** Where the wasm files are: URLs or paths, as the environment reads them. */
  readonly wasm: { readonly lua: string; readonly sqlite: string; readonly jieba?: string };
}

export type ToLane =
  | { readonly type: "start"; readonly start: LaneStart }
  | { readonly type: "case"; readonly case: Case }
  /** Asks for the names of every `vulcan.*` function a skill finds. */
  | { readonly type: "surface" };

export type FromLane =
  | { readonly type: "ready"; readonly waiting: string }
  | { readonly type: "outcome"; readonly outcome: Outcome }
  | { readonly type: "surface"; readonly functions: readonly string[] }
  | { readonly type: "broken"; readonly message: string };
