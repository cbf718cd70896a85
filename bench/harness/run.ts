// npm run bench [-- name...]: every bench/*.ts in Node and bench/*.browser.ts in Chromium. Prints ratios against a floor
// or a peer of the same run; `--check` makes a missed ratio a failure, `--host chromium|deno|workerd` measures there what can be
// measured in several hosts. dist/ must be built for the browser ones.
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { bundle, bundleForBrowser } from "../../scripts/build/bundle.ts";
import { launch } from "../../test/browser/engines/launch.ts";
import { serve } from "../../test/browser/serve.ts";
import { type BenchFile, isMissed, measure, type Row } from "./harness.ts";
import { machine, printTable } from "./table.ts";

const { values: switches, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { check: { type: "boolean" }, host: { type: "string" } },
});
const outdir = path.resolve(".cache", "bench");
const files = (await readdir("bench")).filter((file) => /^[\w-]+(\.browser)?\.ts$/.test(file) && wanted(file));

console.log(`${machine()}; medians, interleaved; ratios matter, digits do not`);
const rows: Row[] = [];
for (const file of files) {
  const inBrowser = file.endsWith(".browser.ts");
  const found = inBrowser
    ? await runInChromium(file)
    : { where: switches.host ?? `Node ${process.versions.node}`, rows: await run(file) };
  printTable(`${file.replace(/\.ts$/, "")}: ${found.where}`, found.rows);
  rows.push(...found.rows);
}
const missed = rows.filter(isMissed);
console.log(`\n${rows.length} measured, ${missed.length} missed what is wanted`);
if (switches.check && missed.length > 0) process.exitCode = 1;

function wanted(file: string): boolean {
  return names.length === 0 || names.some((name) => file === name || file.startsWith(`${name}.`));
}

async function run(file: string): Promise<Row[]> {
  await bundle({
    entryPoints: [`bench/${file}`],
    outdir,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    packages: "external",
    sourcemap: "inline",
  });
  const module = (await import(pathToFileURL(path.join(outdir, file.replace(/\.ts$/, ".mjs"))).href)) as BenchFile;
  const { list, close } = await module.benches(switches.host);
  const found: Row[] = [];
  for (const bench of list) found.push(await measure(bench));
  await close?.();
  return found;
}

async function runInChromium(file: string): Promise<{ where: string; rows: Row[] }> {
  const script = file.replace(/\.ts$/, "");
  await bundleForBrowser({
    stdin: {
      contents: `import * as file from "./bench/${file}"; import { measureInPage } from "./bench/harness/in-page.ts";
        globalThis.measured = measureInPage(file);`,
      resolveDir: process.cwd(),
    },
    outfile: path.join(outdir, `${script}.js`),
  });
  const beside = path.join("bench", script.replace(/\.browser$/, ""));
  for (const worker of existsSync(beside) ? await readdir(beside) : []) {
    if (!worker.endsWith(".worker.ts")) continue;
    const outfile = path.join(outdir, worker.replace(/ts$/, "js"));
    await bundleForBrowser({ entryPoints: [path.join(beside, worker)], outfile, minify: true });
  }
  // Isolated: performance.now() is then precise to 5 us.
  const server = await serve({
    isolated: true,
    cached: true,
    folders: { "/bench/": [outdir, "dist"], "/dist/": ["dist"], "/public/": ["public"] },
    handle(_request, response, url) {
      if (url.pathname !== "/") return false;
      response.writeHead(200, { "content-type": "text/html" });
      response.end(`<!doctype html><title>bench</title><script type="module" src="/bench/${script}.js"></script>`);
      return true;
    },
  });
  const browser = await launch("chromium-isolated", { limitMs: 0 });
  try {
    await browser.go(server.origin);
    return { where: browser.version, rows: (await browser.evaluate("globalThis.measured")) as Row[] };
  } finally {
    await browser.close();
    await server.close();
  }
}
