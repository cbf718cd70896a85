/**
 * What lifecycle operations need from the engine, and what callers give them.
 * @module
 */
import type { LifecycleEvent, LogEvent, ProgressEvent, SkillRoot } from "../../contract/contract.ts";
import type { Limits } from "../../limits.ts";
import type { Outlet } from "../../net/outlet.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { LoadOutcome } from "../load/interface.ts";
import type { ManifestCache } from "../manifest/cache.ts";
import type { Permission } from "../manifest/permissions.ts";
import type { HostOptions } from "../options/host-options.ts";
import type { RootChainPolicy } from "../registry/roots.ts";
import type { Caller } from "./caller.ts";
import type { InFlight } from "./in-flight.ts";
import type { LifecycleStep } from "./steps.ts";

export interface LifecycleContext {
  readonly vfs: Vfs;
  readonly inFlight: InFlight;
  readonly options: HostOptions;
  readonly rootChainPolicy: RootChainPolicy;
  /** Whether a broken manifest elsewhere stops the search for an effective instance (engine.md §8.6). */
  readonly loadPolicy: "isolate" | "manifest-strict" | "strict";
  readonly verifyOnInstall: boolean;
  readonly manifests?: ManifestCache;
  readonly limits: Pick<Limits, "archiveEntries" | "archiveBytes" | "downloadBytes">;
  readonly clock: { now(): number };
  /** Default: the platform's `fetch`, with nothing refused. */
  readonly outlet?: Outlet;
  /** Prefixes of addresses inside the network that the host named. */
  readonly named?: readonly string[];
  emitLifecycle(event: LifecycleEvent): void;
  emitProgress(event: ProgressEvent): void;
  log(event: LogEvent): void;
  /** `reload_from_roots`: builds a candidate and swaps it in, or throws and changes nothing. `changed` is the skill it is for. */
  reload(roots: readonly SkillRoot[], changed?: string): Promise<LoadOutcome>;
  /** Makes everything written so far durable. @throws LuaSkillsError `quota_exceeded` | `storage_error`. */
  commit(): Promise<void>;
  /** Asks for what a package says it needs and did not before. @throws LuaSkillsError `permission_denied`: it is not put in its place. */
  permit?(skillId: string, wanted: readonly Permission[], signal: AbortSignal | undefined): Promise<void>;
  /** Fault injection of tests. */
  step?(step: LifecycleStep): void | Promise<void>;
  /**
   * Called before the directory of a database is removed: closes it, and removes it where it lies outside the tree.
   * Answers whether it lay there.
   */
  dropDatabase?(kind: "sqlite" | "lancedb", skillId: string, root: SkillRoot): Promise<boolean>;
}

export interface LifecycleCall {
  readonly caller: Caller;
  /** The full runtime root chain. */
  readonly roots: readonly SkillRoot[];
  readonly targetRoot?: SkillRoot | undefined;
  /** An install puts its package over one that is there, whatever their versions. */
  readonly replace?: boolean;
  readonly signal?: AbortSignal | undefined;
}
