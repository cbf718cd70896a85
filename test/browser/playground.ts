// node scripts/run-ts.mjs test/browser/playground.ts [--only text|text…]: drives the playground in Chromium as a person would, takes
// screenshots into .cache/screenshots, and starts it in Firefox and WebKit. dist/ must be built. Last line `N passed, N failed`.
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, preview } from "vite";
import { executable } from "./engines/executables.ts";
import { careSteps } from "./playground/care-steps.ts";
import { dataSteps } from "./playground/data-steps.ts";
import { editorSteps } from "./playground/editor-steps.ts";
import { reachSteps } from "./playground/reach-steps.ts";
import { smoke } from "./playground/smoke.ts";
import { steps } from "./playground/steps.ts";
import { terminalSteps } from "./playground/terminal-steps.ts";
import type { PlaygroundStep } from "./playground/tools.ts";

const { values } = parseArgs({ options: { only: { type: "string" } } });
const shots = path.resolve(".cache/screenshots");
const stepTimeoutMs = 30_000;

await rm(shots, { recursive: true, force: true });
await mkdir(shots, { recursive: true });
const configFile = path.resolve("vite.config.ts");
await build({ configFile, logLevel: "error" });
const server = await preview({
  configFile,
  logLevel: "error",
  preview: { port: 0, host: "127.0.0.1" },
});
const [address] = server.resolvedUrls?.local ?? [];
if (!address) throw new Error("the playground's server has no address");
const browser = await chromium.launch({
  executablePath: executable("chromium"),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});

let passed = 0;
let failed = 0;
for (const step of [...steps, ...dataSteps, ...reachSteps, ...editorSteps, ...careSteps, ...terminalSteps].filter(
  ({ name }) => wanted(name),
))
  await check(step.name, () => attempt(browser, step, address));
await browser.close();
for (const engine of ["firefox-no-jspi", "webkit"] as const) {
  const name = `starts, runs an entry and keeps every key that is typed in ${engine}`;
  if (wanted(name)) await check(name, () => smoke(engine, address));
}
await server.close();
console.log(`screenshots: ${path.relative(process.cwd(), shots)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

function wanted(name: string): boolean {
  return values.only === undefined || values.only.split("|").some((part) => name.includes(part));
}

async function check(name: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  const took = () => `${Math.round(performance.now() - started)} ms`;
  try {
    await work();
    passed += 1;
    console.log(`passed  ${name} (${took()})`);
  } catch (thrown) {
    failed += 1;
    console.log(`FAILED  ${name} (${took()})\n${thrown instanceof Error ? thrown.stack : thrown}`);
  }
}

/** Each step has storage of its own; what it logs as an error fails it. */
async function attempt(from: Browser, step: PlaygroundStep, url: string): Promise<void> {
  const context = await from.newContext({
    viewport: step.viewport ?? { width: 1440, height: 900 },
    colorScheme: step.dark ? "dark" : "light",
    hasTouch: step.touch ?? false,
    deviceScaleFactor: step.touch ? 2 : 1,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(stepTimeoutMs);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(`page error: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => void dialog.accept(dialog.defaultValue()));
  try {
    await step.run({ page, url, shot: (name) => shoot(page, name) });
    if (errors.length > 0 && !step.mayLogErrors) throw new Error(errors.join("\n"));
  } catch (thrown) {
    await shoot(page, `failed ${step.name}`);
    throw thrown;
  } finally {
    await context.close();
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(shots, `${name.replaceAll(/[^\w]+/g, "-")}.png`) });
}
