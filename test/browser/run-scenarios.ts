import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "../../scripts/build/bundle.ts";
import type { Browser, EngineName } from "./engines/engine.ts";
import { launch } from "./engines/launch.ts";
import type { PageResult } from "./page.ts";
import type { Scenario } from "./scenario.ts";
import type { Tally } from "./tally.ts";

const folder = "test/browser/scenarios";
const defaultTimeoutMs = 120_000;

/** Runs every `scenarios/*.scenario.ts` that names this engine; `only` are files without their ending. */
export async function runScenarios(
  engine: EngineName,
  origin: string,
  tally: Tally,
  only?: readonly string[],
): Promise<void> {
  for (const [file, scenarios] of await loaded()) {
    if (only && !only.includes(file)) continue;
    const mine = scenarios.filter((scenario) => scenario.engines?.includes(engine) ?? true);
    const results: PageResult[] = [];
    for (const scenario of mine) results.push(await runOne(scenario, engine, origin));
    if (results.length > 0) tally.add(`${engine} ${file}`, results);
  }
}

async function runOne(scenario: Scenario, engine: EngineName, origin: string): Promise<PageResult> {
  const started = Date.now();
  const { timeoutMs = defaultTimeoutMs } = scenario;
  const open: Browser[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    const work = scenario.run({
      engine,
      origin,
      async launch(options) {
        const browser = await launch(engine, options);
        open.push(browser);
        return browser;
      },
      openBlank: (tab) => tab.go(`${origin}/blank.html`),
    });
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not finished after ${timeoutMs} ms`)), timeoutMs);
    });
    await Promise.race([work, limit]);
    return { name: scenario.name, outcome: "passed", ms: Date.now() - started };
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { name: scenario.name, outcome: "failed", detail, ms: Date.now() - started };
  } finally {
    clearTimeout(timer);
    // A scenario may have killed its browser; closing is then the same as being gone.
    await Promise.allSettled(open.map((browser) => browser.close()));
  }
}

let cache: Promise<[string, readonly Scenario[]][]> | undefined;

function loaded(): Promise<[string, readonly Scenario[]][]> {
  cache ??= load();
  return cache;
}

async function load(): Promise<[string, readonly Scenario[]][]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith(".scenario.ts"));
  const outdir = path.resolve(".cache", "browser-scenarios");
  await bundle({
    entryPoints: files.map((file) => path.join(folder, file)),
    outdir,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    packages: "external",
    sourcemap: "inline",
  });
  return Promise.all(
    files.map(async (file): Promise<[string, readonly Scenario[]]> => {
      const module = (await import(pathToFileURL(path.join(outdir, file.replace(/\.ts$/, ".mjs"))).href)) as {
        scenarios?: readonly Scenario[];
      };
      if (!module.scenarios) throw new Error(`${folder}/${file} does not export \`scenarios\``);
      return [file.replace(/\.scenario\.ts$/, ""), module.scenarios];
    }),
  );
}
