import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { EntryDescriptor } from "../../contract/contract.ts";
import { useRuntime } from "./use-runtime.ts";

const none: readonly EntryDescriptor[] = [];

/** The registry, sorted by name, up to date; those of one skill when it is named. Empty until the runtime is there. */
export function useEntries(skillId?: string): readonly EntryDescriptor[] {
  const { runtime } = useRuntime();
  const subscribe = useCallback((listener: () => void) => runtime?.subscribe(listener) ?? (() => undefined), [runtime]);
  const entries = useSyncExternalStore(
    subscribe,
    () => runtime?.list() ?? none,
    () => none,
  );
  return useMemo(
    () => (skillId === undefined ? entries : entries.filter((entry) => entry.skillId === skillId)),
    [entries, skillId],
  );
}
