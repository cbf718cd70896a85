/**
 * Which journals of a tree belong to operations that run: they are in flight, not interrupted.
 * @module
 */
import type { LogEvent, SkillRoot } from "../../contract/contract.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { HostOptions } from "../options/host-options.ts";

/** Paths of journals. One for a tree: engines that share it see the operations of each other. */
export type InFlight = Set<string>;

export interface RecoverOptions {
  readonly vfs: Vfs;
  readonly inFlight: InFlight;
  readonly roots: readonly SkillRoot[];
  readonly options: HostOptions;
  log(event: LogEvent): void;
  /** What an operation had been asked to remove, and only now is: databases may lie outside the tree. */
  removed?(path: string): void;
}

export const journalDir = (stateDir: string): string => `${stateDir}/lifecycle`;

/** Whether an operation works in that state directory. */
export function isBusy(inFlight: InFlight, stateDir: string): boolean {
  return [...inFlight].some((path) => path.startsWith(`${journalDir(stateDir)}/`));
}
