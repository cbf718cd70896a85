import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { useHolder } from "./holder-context.ts";
import { useRuntime } from "./use-runtime.ts";

export interface FilesState {
  /** Names in the directory, sorted; empty until they were read. */
  readonly files: readonly string[];
  readonly error: unknown;
  /** Reads again; what else changes files does not tell. */
  refresh(): void;
}

interface Listed {
  readonly path: string;
  readonly files: readonly string[];
  readonly error: unknown;
}

const none: readonly string[] = [];

/**
 * A directory of the runtime's files. Read again after each call that ended by {@link useSkill} under the same provider, when the
 * registry changes, and by `refresh`. A directory that is not there is an empty one.
 */
export function useFiles(path: string): FilesState {
  const holder = useHolder();
  const { runtime } = useRuntime();
  const [asked, setAsked] = useState(0);
  const [listed, setListed] = useState<Listed>({ path, files: none, error: undefined });
  const calls = useSyncExternalStore(holder.subscribeCalls, holder.calls, () => 0);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  useEffect(() => runtime?.subscribe(refresh), [runtime, refresh]);

  // The counts among the dependencies say when to read again.
  useEffect(() => {
    if (!runtime) return undefined;
    let current = true;
    runtime.fs.list(path).then(
      (names) => {
        if (current) setListed({ path, files: [...names].sort(), error: undefined });
      },
      (error: unknown) => {
        if (!current) return;
        const missing = (error as { code?: unknown }).code === "not_found";
        setListed({ path, files: none, error: missing ? undefined : error });
      },
    );
    return () => {
      current = false;
    };
  }, [runtime, path, calls, asked]);

  // What another directory held is not this one's.
  return {
    files: listed.path === path ? listed.files : none,
    error: listed.path === path ? listed.error : undefined,
    refresh,
  };
}
