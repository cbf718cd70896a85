import type { EntryDescriptor } from "../../contract/contract.ts";
import { matchesAny } from "../../policy/pattern.ts";

/** Entries by canonical name (`*` stands for any characters), or by a function. */
export type EntryFilter = readonly string[] | ((entry: EntryDescriptor) => boolean);

export function matchesFilter(filter: EntryFilter, entry: EntryDescriptor): boolean {
  return typeof filter === "function" ? filter(entry) : matchesAny(filter, entry.name);
}
