import { LuaSkillsError } from "../../errors.ts";
import { baseAddress } from "./base-address.ts";

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
  const url = workerUrl === undefined ? packagedUrl() : new URL(workerUrl, baseAddress());
  try {
    if (url.origin !== location.origin && url.protocol.startsWith("http")) return crossOrigin(url);
    const own = workerUrl === undefined ? startPackaged() : new Worker(url, { type: "module" });
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

/** Bundlers look for exactly this expression: they bundle the worker with the wasm files beside it and put its new address here. */
function startPackaged(): Worker {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
}

/**
 * The address a bundler has put into {@link startPackaged}. Nothing but the constructor gets to see it, so for the length
 * of one call the constructor is one that only looks. Without it an error could not name the file, and a worker on a CDN
 * could not be told from one of this origin.
 */
function packagedUrl(): URL {
  const here = import.meta.url;
  let seen = new URL("worker.js", here);
  const real = globalThis.Worker;
  class Witness {
    constructor(url: string | URL) {
      seen = new URL(url, baseAddress());
    }
  }
  // A page that has frozen its globals keeps the address an unbundled package has.
  if (!Reflect.set(globalThis, "Worker", Witness)) return seen;
  try {
    startPackaged();
  } finally {
    globalThis.Worker = real;
  }
  return seen;
}
