/**
 * Journals of operations that run in this process, by tree: they are in flight, not interrupted.
 * @module
 */
import type { LogEvent, SkillRoot } from "../../contract/contract.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { HostOptions } from "../options/host-options.ts";

export interface RecoverOptions {
  readonly vfs: Vfs;
  readonly roots: readonly SkillRoot[];
  readonly options: HostOptions;
  log(event: LogEvent): void;
  /** What an operation had been asked to remove, and only now is: databases may lie outside the tree. */
  removed?(path: string): void;
}

const inFlight = new WeakMap<Vfs, Set<string>>();

export const journalDir = (stateDir: string): string => `${stateDir}/lifecycle`;

export function journalBegins(vfs: Vfs, path: string): void {
  inFlight.set(vfs, (inFlight.get(vfs) ?? new Set()).add(path));
}

export function journalEnds(vfs: Vfs, path: string): void {
  inFlight.get(vfs)?.delete(path);
}

/** Whether an operation of this process works in that state directory. */
export function isBusy(vfs: Vfs, stateDir: string): boolean {
  return [...(inFlight.get(vfs) ?? [])].some((path) => path.startsWith(`${journalDir(stateDir)}/`));
}
