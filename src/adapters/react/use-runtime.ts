import { useSyncExternalStore } from "react";
import { useHolder } from "./holder-context.ts";
import { type RuntimeState, starting } from "./runtime-holder.ts";

/** The runtime of the provider above, or why there is none yet. On a server it is always starting. */
export function useRuntime(): RuntimeState {
  const holder = useHolder();
  return useSyncExternalStore(holder.subscribe, holder.state, serverState);
}

function serverState(): RuntimeState {
  return starting;
}
