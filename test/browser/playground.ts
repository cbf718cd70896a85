// node scripts/run-ts.mjs test/browser/playground.ts [--only text]: drives the playground in Chromium as a person would, and takes
// screenshots into .cache/screenshots. dist/ must be built. Last line `N passed, N failed`.
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { build, preview } from "vite";
import { executable } from "./engines/executables.ts";
import { type PlaygroundStep, steps } from "./playground/steps.ts";

const { values } = parseArgs({ options: { only: { type: "string" } } });
const shots = path.resolve(".cache/screenshots");
const stepTimeoutMs = 30_000;

await rm(shots, { recursive: true, force: true });
await mkdir(shots, { recursive: true });
await build({ root: path.resolve("demo"), logLevel: "error" });
const server = await preview({
  root: path.resolve("demo"),
  logLevel: "error",
  preview: { port: 0, host: "127.0.0.1" },
});
const [address] = server.resolvedUrls?.local ?? [];
if (!address) throw new Error("the playground's server has no address");
const browser = await chromium.launch({
  executablePath: executable("chromium"),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});

let failed = 0;
const chosen = steps.filter((step) => values.only === undefined || step.name.includes(values.only));
for (const step of chosen) {
  const started = performance.now();
  const problem = await attempt(browser, step, address);
  const took = `${Math.round(performance.now() - started)} ms`;
  console.log(problem === undefined ? `passed  ${step.name} (${took})` : `FAILED  ${step.name} (${took})\n${problem}`);
  if (problem !== undefined) failed += 1;
}
await browser.close();
await server.close();
console.log(`screenshots: ${path.relative(process.cwd(), shots)}`);
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Each step has storage of its own; what it logs as an error fails it. */
async function attempt(from: Browser, step: PlaygroundStep, url: string): Promise<string | undefined> {
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
  page.on("dialog", (dialog) => void dialog.accept());
  try {
    await step.run({ page, url, shot: (name) => shoot(page, name) });
    return errors.length > 0 && !step.mayLogErrors ? errors.join("\n") : undefined;
  } catch (thrown) {
    await shoot(page, `failed ${step.name}`);
    return [String(thrown instanceof Error ? thrown.stack : thrown), ...errors].join("\n");
  } finally {
    await context.close();
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(shots, `${name.replaceAll(/[^\w]+/g, "-")}.png`) });
}
