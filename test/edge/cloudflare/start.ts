import { Miniflare } from "miniflare";
import { bundleWorker, compatibilityDate, workerModules } from "../workerd.ts";

export interface StartOptions {
  readonly nodeCompat?: boolean;
  /** Folder that keeps the objects' storage; a later start on the same folder finds it. */
  readonly persist?: string;
  /** Milliseconds until an idle object lets its memory go. Default 1,000: short, so that a test can see it. */
  readonly idleMs?: number;
  /** Bytes all engines of the isolate may hold. Default: the class's own. */
  readonly residentBytes?: number;
  /** Minified, without source maps. Default false. */
  readonly shipped?: boolean;
  /** More options of miniflare's. */
  readonly miniflare?: { readonly inspectorPort?: number };
}

/** The Worker of worker.ts in a real workerd. */
export async function startWorker({
  nodeCompat = false,
  persist,
  idleMs = 1_000,
  residentBytes = 0,
  shipped = false,
  miniflare = {},
}: StartOptions = {}): Promise<Miniflare> {
  return new Miniflare({
    modules: await workerModules(await bundleWorker("test/edge/cloudflare/worker.ts", { shipped })),
    compatibilityDate,
    compatibilityFlags: nodeCompat ? ["nodejs_compat"] : [],
    bindings: { IDLE_MS: idleMs, RESIDENT_BYTES: residentBytes },
    durableObjects: { AGENTS: { className: "Agent", useSQLite: true } },
    ...(persist === undefined ? {} : { durableObjectsPersist: persist }),
    ...miniflare,
  });
}

/** `fetch` into the Worker, for connectRuntime. */
export function fetchInto(worker: Miniflare): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => (await worker.dispatchFetch(url, init as never)) as unknown as Response;
}
