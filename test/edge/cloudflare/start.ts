import { readFile } from "node:fs/promises";
import path from "node:path";
import { Miniflare } from "miniflare";
import { bundleForBrowser } from "../../../scripts/bundle.mjs";

export interface StartOptions {
  readonly nodeCompat?: boolean;
  /** Folder that keeps the objects' storage; a later start on the same folder finds it. */
  readonly persist?: string;
  /** Milliseconds until an idle object lets its memory go. Default 1,000: short, so that a test can see it. */
  readonly idleMs?: number;
}

/** The Worker of worker.ts in a real workerd. */
export async function startWorker({
  nodeCompat = false,
  persist,
  idleMs = 1_000,
}: StartOptions = {}): Promise<Miniflare> {
  const outfile = path.resolve(".cache", "edge", "cloudflare-worker.mjs");
  await bundleForBrowser({
    entryPoints: ["test/edge/cloudflare/worker.ts"],
    outfile,
    sourcemap: "inline",
    conditions: ["workerd", "worker", "browser", "import"],
    external: ["*.wasm", "cloudflare:workers"],
  });
  const wasm = await Promise.all(
    ["lua", "sqlite3", "trampolines"].map(async (name) => ({
      type: "CompiledWasm" as const,
      path: `${name}.wasm`,
      contents: await readFile(`dist/${name}.wasm`),
    })),
  );
  return new Miniflare({
    modules: [{ type: "ESModule", path: "entry.mjs", contents: await readFile(outfile, "utf8") }, ...wasm],
    compatibilityDate: "2026-04-01",
    compatibilityFlags: nodeCompat ? ["nodejs_compat"] : [],
    bindings: { IDLE_MS: idleMs },
    durableObjects: { AGENTS: { className: "Agent", useSQLite: true } },
    ...(persist === undefined ? {} : { durableObjectsPersist: persist }),
  });
}

/** `fetch` into the Worker, for connectRuntime. */
export function fetchInto(worker: Miniflare): (url: string, init: RequestInit) => Promise<Response> {
  return async (url, init) => (await worker.dispatchFetch(url, init as never)) as unknown as Response;
}
