/** In a worker of a page of a real browser; the wasm files are those of dist/. */
import path from "node:path";
import { bundleForBrowser } from "../../../scripts/build/bundle.ts";
import { type EngineName, isIsolated } from "../../browser/engines/engine.ts";
import { launch } from "../../browser/engines/launch.ts";
import { serve } from "../../browser/serve.ts";
import type { Measured, MeasureOptions } from "./measure.ts";

export const clock = "of the wall, over how slow a loop of known length was at that moment; the least of three";

const timeoutMs = 900_000;
const bundle = path.join(".cache", "attacks");

interface Report {
  readonly measured?: Measured[];
  readonly error?: string;
  /** What runs now. */
  readonly at?: string;
}

export async function measureInBrowser(engine: EngineName, options: MeasureOptions): Promise<Measured[]> {
  await bundleForBrowser({
    entryPoints: { "browser.worker": "test/security/table/browser.worker.ts" },
    outdir: bundle,
  });
  const server = await serve({
    isolated: isIsolated(engine),
    folders: { "/bundle/": [bundle, "dist"] },
    handle(_request, response, url) {
      if (url.pathname !== "/") return false;
      response
        .writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end("<!doctype html><title>attacks</title>");
      return true;
    },
  });
  const browser = await launch(engine);
  try {
    await browser.go(`${server.origin}/`);
    await browser.evaluate(`(() => {
      const worker = new Worker("/bundle/browser.worker.js", { type: "module" });
      worker.onmessage = ({ data }) => { window.report = { ...window.report, ...data }; };
      worker.onerror = (event) => { window.report = { ...window.report, error: event.message || "the worker did not start" }; };
      worker.postMessage(${JSON.stringify(options)});
    })()`);
    const started = Date.now();
    for (;;) {
      const report = (await browser.evaluate("window.report ?? {}")) as Report;
      if (report.measured) return report.measured;
      if (report.error || Date.now() - started > timeoutMs)
        throw new Error(`${engine}: ${report.error ?? "not finished"}, at ${report.at}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  } finally {
    await browser.close();
    await server.close();
  }
}
