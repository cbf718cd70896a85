import { LuaSkillsError } from "../../errors.ts";

const fix =
  "Serve dist/worker.js and the .wasm files of luaskills-wasm beside each other, or pass createRuntime({ workerUrl }) or ({ worker: () => new Worker(…) })";

/**
 * A worker that does not start fires a bare `error` event: no status, in most engines no text. Asking the server for the
 * file says what is wrong with it.
 */
export async function workerFault(url: URL | undefined, report: string | undefined): Promise<LuaSkillsError> {
  const from = url ? ` from ${url.href}` : "";
  const why = url ? await probe(url) : undefined;
  const parts = [refusal, why, report].filter((part) => part !== undefined && part !== "");
  const text = parts.length > 0 ? parts.join("; ") : "the browser gave no reason";
  return new LuaSkillsError("worker_unavailable", `the engine worker could not be started${from}: ${text}. ${fix}.`, {
    data: { url: url?.href ?? null },
  });
}

const embedderPolicy =
  "the page is cross-origin isolated, so the file needs the header Cross-Origin-Embedder-Policy: require-corp";

let refusal: string | undefined;
let watching = false;

/** Before a worker is made: what a policy refuses is told by an event of the document only. */
export function watchPolicy(): void {
  if (watching) return;
  watching = true;
  globalThis.document?.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
    if (/^(worker|child|script|default)-src/.test(effectiveDirective))
      refusal = `the page's Content-Security-Policy refuses it (${effectiveDirective}): allow it in worker-src`;
  });
}

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
