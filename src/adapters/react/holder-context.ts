import { createContext, useContext } from "react";
import type { RuntimeHolder } from "./runtime-holder.ts";

export const HolderContext = createContext<RuntimeHolder | undefined>(undefined);

/** @throws Error outside of a provider */
export function useHolder(): RuntimeHolder {
  const holder = useContext(HolderContext);
  if (holder) return holder;
  throw new Error(
    "This hook of luaskills-wasm/react is used outside of a <RuntimeProvider>; put one around the component.",
  );
}
