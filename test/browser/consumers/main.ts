// node scripts/run-ts.mjs test/browser/consumers/main.ts [--only Next]: packs the built package, installs the tarball into fresh
// applications and runs the README's two lines in Chromium. Last line `N passed, N failed`.
import { parseArgs } from "node:util";
import type { Browser } from "../engines/engine.ts";
import { launch } from "../engines/launch.ts";
import type { PageResult } from "../page.ts";
import { Tally } from "../tally.ts";
import { type App, createApp, pack } from "./app.ts";
import type { Consumer } from "./consumer.ts";
import { bundledForNode } from "./esbuild-node.ts";
import { inExtension } from "./extension.ts";
import { nextApp } from "./next.ts";
import { extensionPage, importMap, otherOrigin } from "./no-bundler.ts";
import { bridgeInNode, inDeno, inNode, inThread, inWorkerd } from "./own-worker.ts";
import { requiredInNode } from "./require.ts";
import { linkPeers } from "./subpaths.ts";
import { testKit } from "./test-kit.ts";
import { checkTypes } from "./types.ts";
import { viteBuild, viteDev } from "./vite.ts";
import { webpackBuild } from "./webpack.ts";

const expected = 42;
const timeoutMs = 60_000;
const tally = new Tally();

/** A framework runs the page's script after it is loaded. */
const outcomeOfPage = `(async () => {
  const end = Date.now() + ${timeoutMs};
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  while (globalThis.outcome === undefined && Date.now() < end) await pause(20);
  const late = pause(${timeoutMs}).then(() => ({ error: "no result after ${timeoutMs} ms" }));
  return Promise.race([globalThis.outcome ?? { error: "the page did not run its script" }, late]);
})()`;

async function timed(name: string, run: () => unknown): Promise<PageResult> {
  const started = Date.now();
  try {
    await run();
    return { name, outcome: "passed", ms: Date.now() - started };
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name, outcome: "failed", detail, ms: Date.now() - started };
  }
}

async function use(consumer: Consumer, browser: Browser, tarball: string): Promise<void> {
  const app = createApp(tarball);
  try {
    const served = await consumer.start(app);
    const tab = await browser.newTab();
    try {
      await tab.go(served.url);
      const { value, error } = (await tab.evaluate(outcomeOfPage)) as {
        value?: unknown;
        error?: string;
      };
      if (error !== undefined) throw new Error(error);
      if (value !== expected) throw new Error(`got ${JSON.stringify(value)}, expected ${expected}`);
    } finally {
      await tab.close();
      await served.close();
    }
  } finally {
    app.remove();
  }
}

const { values } = parseArgs({ options: { only: { type: "string" } } });
const wanted = (name: string): boolean => values.only === undefined || name.startsWith(values.only);
const packed = pack();
const browser = await launch("chromium");
try {
  for (const consumer of [viteDev, viteBuild, webpackBuild, nextApp, importMap, extensionPage, otherOrigin]) {
    if (!wanted(consumer.name)) continue;
    tally.add(consumer.name, [await timed(consumer.name, () => use(consumer, browser, packed.tarball))]);
  }
  const app = createApp(packed.tarball);
  linkPeers(app);
  const compilers = (["bundler", "nodenext", "node16"] as const).map(
    (resolution) => [`types, strict, ${resolution}`, (app: App) => checkTypes(app, resolution)] as const,
  );
  const applications = {
    ...Object.fromEntries(compilers),
    "esbuild for Node": (app: App) => bundledForNode(app, false),
    "esbuild for Node, minified": (app: App) => bundledForNode(app, true),
    "every subpath by require in Node": requiredInNode,
    "a module of the application in Node": inNode,
    "a module of the application in a thread of Node": inThread,
    "a module of the application in Deno": inDeno,
    "a module of the application in workerd": inWorkerd,
    "the test kit in node:test and vitest": testKit,
    "the bridge as a library in Node": bridgeInNode,
    "an unpacked extension (Manifest V3), page and service worker": inExtension,
  };
  for (const [name, run] of Object.entries(applications)) {
    if (!wanted(name)) continue;
    tally.add(name, [await timed(name, () => run(app))]);
  }
  app.remove();
} finally {
  await browser.close();
  packed.remove();
}
tally.finish();
