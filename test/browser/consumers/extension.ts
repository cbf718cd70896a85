/** A Manifest V3 extension, loaded unpacked: its page and its service worker run a skill with a database. */
import { copyFileSync, cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { launch, type WebWorker } from "puppeteer-core";
import { executable } from "../engines/executables.ts";
import { type App, html, script, skill } from "./app.ts";
import { subpathModule, withoutPackages } from "./subpaths.ts";

const manifest = {
  manifest_version: 3,
  name: "skills",
  version: "1.0",
  background: { service_worker: "background.js", type: "module" },
  content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
};

const seeded = Object.fromEntries(Object.entries(skill).map(([file, text]) => [`deep/${file}`, text]));

/** A service worker loads nothing later: it is one file, as the page on getting started says. */
const background = `import { createRuntime } from "luaskills-wasm/inline";
globalThis.answered = (async () => {
  const storage = { kind: "indexeddb", name: "background" };
  const runtime = await createRuntime({ storage, skills: ${JSON.stringify(seeded)} });
  const { content } = await runtime.call("deep-run");
  await runtime.close();
  return content;
})().catch((error) => String((error && error.stack) || error));
`;

async function unpacked(app: App): Promise<string> {
  const folder = path.join(app.folder, "extension");
  const dist = path.join(app.folder, "node_modules/luaskills-wasm/dist");
  mkdirSync(folder, { recursive: true });
  cpSync(dist, path.join(folder, "lib"), { recursive: true, filter: (file) => !file.endsWith(".d.ts") });
  app.write("extension/manifest.json", JSON.stringify(manifest));
  app.write("extension/page.html", html('<script type="module" src="page.js"></script>'));
  app.write("extension/page.js", `import { createRuntime } from "./lib/index.js";\nimport "./subpaths.js";\n${script}`);
  app.write(
    "extension/subpaths.js",
    subpathModule(withoutPackages, (name) => `./lib/${name}.js`),
  );
  app.write("background.js", background);
  await build({
    absWorkingDir: app.folder,
    entryPoints: ["background.js"],
    outfile: path.join(folder, "background.js"),
    bundle: true,
    format: "esm",
    logLevel: "error",
  });
  for (const wasm of ["lua.wasm", "sqlite3.wasm"]) copyFileSync(path.join(dist, wasm), path.join(folder, wasm));
  return folder;
}

export async function inExtension(app: App): Promise<void> {
  const folder = await unpacked(app);
  const browser = await launch({
    browser: "chrome",
    executablePath: executable("chromium"),
    headless: true,
    protocolTimeout: 120_000,
    pipe: true,
    enableExtensions: [folder],
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  try {
    const target = await browser.waitForTarget((each) => each.type() === "service_worker");
    const worker = await target.worker();
    if (worker === null) throw new Error("the extension has no service worker");
    const page = await browser.newPage();
    await page.goto(new URL("page.html", worker.url()).href);
    await page.waitForFunction("globalThis.outcome !== undefined");
    const outcome = await page.evaluate("globalThis.outcome");
    if (JSON.stringify(outcome) !== '{"value":42}') throw new Error(`the page gave ${JSON.stringify(outcome)}`);
    await checkBackground(worker);
  } finally {
    await browser.close();
  }
}

async function checkBackground(worker: WebWorker): Promise<void> {
  const content = await worker.evaluate("globalThis.answered");
  if (!String(content).includes('"n":42')) throw new Error(`the service worker gave ${String(content)}`);
}
