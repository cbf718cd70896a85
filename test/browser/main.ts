// node scripts/run-ts.mjs test/browser/main.ts [--engine name]... [--page name]... [--scenario file]... [--no-scenarios]
// Page tests and scenarios in real browsers; last line `N passed, N failed`. dist/ must be built.
import { parseArgs } from "node:util";
import { bundleFolder, bundlePages } from "./bundles.ts";
import { type Browser, type EngineName, engineNames, isIsolated } from "./engines/engine.ts";
import { launch } from "./engines/launch.ts";
import type { PageResult } from "./page.ts";
import { runScenarios } from "./run-scenarios.ts";
import { serve, type TestServer } from "./serve.ts";
import { Tally } from "./tally.ts";

const { values } = parseArgs({
  options: {
    engine: { type: "string", multiple: true },
    page: { type: "string", multiple: true },
    scenario: { type: "string", multiple: true },
    "no-scenarios": { type: "boolean" },
  },
});
const pageTimeoutMs = 180_000;
/** A worker is crashed a hundred times there; neither headers nor the way Lua waits change what a store makes of it. */
const sameStore = { page: /^lifecycle-/, engines: new Set(["chromium-isolated", "firefox-no-jspi"]) };
const engines = (values.engine ?? engineNames).map((name): EngineName => {
  const known = engineNames.find((engine) => engine === name);
  if (!known) throw new Error(`unknown engine ${name}; known: ${engineNames.join(", ")}`);
  return known;
});
const only = values.page ?? (values.scenario ? [] : undefined);
const pages = (await bundlePages()).filter((page) => only?.includes(page) ?? true);
const tally = new Tally();

const serveTests = (isolated: boolean): Promise<TestServer> =>
  serve({
    isolated,
    folders: { "/bundle/": [bundleFolder, "dist"], "/dist/": ["dist"], "/public/": ["public"] },
    handle(_request, response, url) {
      const page = /^\/pages\/([\w-]+)$/.exec(url.pathname)?.[1];
      if (page === undefined && url.pathname !== "/blank.html") return false;
      const script = page === undefined ? "" : `<script type="module" src="/bundle/${page}.page.js"></script>`;
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(`<!doctype html><meta charset="utf-8"><title>${page ?? "blank"}</title>${script}`);
      return true;
    },
  });
const servers = { isolated: await serveTests(true), plain: await serveTests(false) };

/** Two browsers at a time: the machine of CI has two processors. */
const waiting = [...engines];
const place = async (): Promise<void> => {
  for (let engine = waiting.shift(); engine !== undefined; engine = waiting.shift()) await runEngine(engine);
};
await Promise.all([place(), place()]);
await servers.isolated.close();
await servers.plain.close();
tally.finish();

async function runEngine(engine: EngineName): Promise<void> {
  const { origin } = isIsolated(engine) ? servers.isolated : servers.plain;
  try {
    const browser = await launch(engine);
    try {
      tally.heading(`${engine}: ${browser.version}`);
      const mine = pages.filter((page) => !(sameStore.engines.has(engine) && sameStore.page.test(page)));
      for (const page of mine) tally.add(`${engine} ${page}`, await runPage(browser, `${origin}/pages/${page}`));
    } finally {
      await browser.close();
    }
    if (values.scenario ?? !(values["no-scenarios"] || values.page)) {
      await runScenarios(engine, origin, tally, values.scenario);
    }
  } catch (error) {
    tally.add(engine, [{ name: "browser", outcome: "failed", detail: String(error), ms: 0 }]);
  }
}

async function runPage(browser: Browser, url: string): Promise<PageResult[]> {
  const started = Date.now();
  // A tab of its own: what one page leaves behind must not reach the next.
  const tab = await browser.newTab();
  try {
    await tab.go(url);
    while ((await tab.evaluate("window.finished === true")) !== true) {
      if (Date.now() - started > pageTimeoutMs) {
        const results = (await tab.evaluate("window.results ?? []")) as PageResult[];
        const detail = `not finished after ${pageTimeoutMs} ms`;
        return [...results, { name: "page", outcome: "failed", detail, ms: pageTimeoutMs }];
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const results = (await tab.evaluate("window.results")) as PageResult[];
    return results.length > 0 ? results : [{ name: "page", outcome: "failed", detail: "it has no tests", ms: 0 }];
  } catch (error) {
    return [{ name: "page", outcome: "failed", detail: String(error), ms: Date.now() - started }];
  } finally {
    await tab.close();
  }
}
