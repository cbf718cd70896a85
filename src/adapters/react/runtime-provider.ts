import { createElement, type ReactElement, type ReactNode, useEffect, useState } from "react";
import type { Runtime } from "../../contract/contract.ts";
import { HolderContext } from "./holder-context.ts";
import { RuntimeHolder } from "./runtime-holder.ts";

/** What is given first counts for the life of the provider; with a `key` another one takes its place. */
export type RuntimeProviderProps = { readonly children?: ReactNode } & (
  | {
      /** Called in the browser, once, also under StrictMode. The provider closes what it gives when it is unmounted. */
      readonly create: () => Promise<Runtime>;
      readonly runtime?: undefined;
    }
  | {
      /** A runtime of your own; you close it. */
      readonly runtime: Runtime;
      readonly create?: undefined;
    }
);

/** A runtime for the components inside. */
export function RuntimeProvider({ children, create, runtime }: RuntimeProviderProps): ReactElement {
  const [holder] = useState(() => new RuntimeHolder(runtime ? { runtime } : { create: create ?? nothing }));
  useEffect(() => holder.use(), [holder]);
  return createElement(HolderContext.Provider, { value: holder }, children);
}

function nothing(): Promise<never> {
  return Promise.reject(
    new TypeError("RuntimeProvider takes `create`, a function that starts a runtime, or `runtime`"),
  );
}
