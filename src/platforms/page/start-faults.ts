/**
 * What keeps an engine of a page from its start, in words. Fetched when it happens.
 * @module
 */
import { LuaSkillsError } from "../../errors.ts";
import { storageRefused } from "../../vfs/backends/site-data.ts";
import type { PolicyRefusal } from "./policy-watch.ts";

const fix =
  "Serve dist/worker.js and the .wasm files of luaskills-wasm beside each other, or pass createRuntime({ workerUrl }) or ({ worker: () => new Worker(…) })";

/**
 * A worker that does not start fires a bare `error` event: no status, in most engines no text. Asking the server for the
 * file says what is wrong with it.
 */
export async function workerFault(
  url: URL | undefined,
  report: string | undefined,
  refusal: PolicyRefusal | undefined,
): Promise<LuaSkillsError> {
  const from = url ? ` from ${url.href}` : "";
  const why = url ? await probe(url) : undefined;
  const parts = [refusal && refusalText(refusal), why, report].filter((part) => part !== undefined && part !== "");
  const text = parts.length > 0 ? parts.join("; ") : "the browser gave no reason";
  return new LuaSkillsError("worker_unavailable", `the engine worker could not be started${from}: ${text}. ${fix}.`, {
    data: { url: url?.href ?? null },
  });
}

const refusalText = ({ directive, blocked }: PolicyRefusal): string =>
  `the page's Content-Security-Policy refuses it (${directive}, ${blocked}): allow the worker with ` +
  "worker-src 'self' blob: (or the address it is loaded from)";

const embedderPolicy =
  "the page is cross-origin isolated, and the file comes without the header Cross-Origin-Embedder-Policy: serve the worker " +
  "with Cross-Origin-Embedder-Policy: require-corp (or credentialless), as the page";

async function probe(url: URL): Promise<string | undefined> {
  try {
    const response = await fetch(url, { cache: "no-store" });
    if (!response.ok) return `the server answers ${response.status} ${response.statusText}`.trim();
    const type = response.headers.get("content-type") ?? "no content type";
    if (!/javascript|ecmascript/.test(type)) return `the server answers ${type} instead of JavaScript`;
    const isolated = globalThis.crossOriginIsolated && !response.headers.has("cross-origin-embedder-policy");
    return isolated && url.protocol !== "blob:" ? embedderPolicy : undefined;
  } catch (thrown) {
    return `the file cannot be fetched (${String(thrown)})`;
  }
}

/** The browser refuses the lock of a store: it lets this site store nothing. */
export const storeFault = (store: string, thrown: unknown): LuaSkillsError =>
  storageRefused(`the store "${store}"`, thrown);
