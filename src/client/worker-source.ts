import { LuaSkillsError } from "../errors.ts";

/** The escape hatches of `RuntimeOptions` for people whose bundler or CDN hides the worker. */
export interface WorkerSource {
  readonly workerUrl: string | URL | undefined;
  readonly worker: (() => Worker) | undefined;
}

export interface SpawnedWorker {
  readonly worker: Worker;
  /** For error messages and for finding out what the server answers; undefined when the host made the worker. */
  readonly url: URL | undefined;
  dispose(): void;
}

/** Starts the engine worker. @throws LuaSkillsError `worker_unavailable` */
export function spawnWorker({ workerUrl, worker }: WorkerSource): SpawnedWorker {
  if (typeof Worker === "undefined") {
    throw new LuaSkillsError(
      "worker_unavailable",
      "this environment has no Worker: createRuntime of luaskills-wasm is for pages; see luaskills-wasm/edge for Node, Deno and Cloudflare",
    );
  }
  if (worker) return { worker: worker(), url: undefined, dispose() {} };
  const url = workerUrl === undefined ? beside("worker.js") : new URL(workerUrl, document.baseURI);
  try {
    if (url.origin !== location.origin && url.protocol.startsWith("http")) return crossOrigin(url);
    if (workerUrl !== undefined) return { worker: new Worker(url, { type: "module" }), url, dispose() {} };
    // Bundlers look for exactly this expression and bundle the worker with the wasm files beside it.
    const own = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    return { worker: own, url, dispose() {} };
  } catch (thrown) {
    throw new LuaSkillsError(
      "worker_unavailable",
      `the engine worker could not be started from ${url.href}: ${String(thrown)}. A Content-Security-Policy needs worker-src for it; ` +
        "createRuntime({ workerUrl }) or ({ worker: () => new Worker(…) }) say where it is",
      { cause: thrown },
    );
  }
}

/** A worker's script must have the page's origin, but what it imports need not (CORS applies). */
function crossOrigin(url: URL): SpawnedWorker {
  const shim = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: "text/javascript" }));
  return { worker: new Worker(shim, { type: "module" }), url, dispose: () => URL.revokeObjectURL(shim) };
}

// Not written as new URL("…", import.meta.url): bundlers would copy the file a second time, as an asset.
function beside(file: string): URL {
  const here = import.meta.url;
  return new URL(file, here);
}
