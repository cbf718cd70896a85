import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type KeyInput, launch, type Page } from "puppeteer-core";
import type { Browser, EngineName, LaunchOptions, Tab } from "./engine.ts";
import { executable } from "./executables.ts";
import { collect, readHeap } from "./heap.ts";

const chromiumFlags = [
  "--no-sandbox", // containers run as root
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium over CDP and Firefox over WebDriver BiDi. */
export async function launchPuppeteer(
  engine: Exclude<EngineName, "webkit">,
  options: LaunchOptions = {},
): Promise<Browser> {
  const chromium = engine === "chromium" || engine === "chromium-isolated";
  const profile = chromium && options.keeps === "nothing" ? withoutStorage() : options.profile;
  const browser = await launch({
    browser: chromium ? "chrome" : "firefox",
    executablePath: executable(chromium ? "chromium" : "firefox"),
    headless: true,
    protocolTimeout: options.limitMs ?? 300_000,
    ...(profile ? { userDataDir: profile } : {}),
    ...(chromium ? { args: [...chromiumFlags, ...enabling(options.features)] } : {}),
    extraPrefsFirefox: {
      ...(engine === "firefox-no-jspi" ? { "javascript.options.wasm_js_promise_integration": false } : {}),
      ...firefoxKeeps(options.keeps),
    },
  });
  const report = options.onPageError ?? ((text) => console.error(`[${engine}] ${text}`));
  const asTab = (page: Page): Tab => {
    if (options.limitMs !== undefined) page.setDefaultTimeout(options.limitMs);
    page.on("pageerror", (error) => report(error instanceof Error ? error.message : String(error)));
    page.on("console", (message) => {
      // The network's own messages are no errors of the code: tests ask for missing files on purpose.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) report(message.text());
    });
    return {
      async go(url) {
        if (chromium && typeof options.keeps === "object")
          await limit(page, new URL(url).origin, options.keeps.megabytes);
        await page.goto(url);
      },
      evaluate: async (expression) =>
        parse(await page.evaluate(`(async () => JSON.stringify((await (${expression})) ?? null))()`)),
      async press(keys) {
        for (const key of keys) await pressKey(page, key);
      },
      close: () => page.close(),
      ...(chromium ? lifeOf(page) : {}),
    };
  };
  // What a private window of Chromium is made of; all of Firefox is private by its preference.
  const place = chromium && options.keeps === "private" ? await browser.createBrowserContext() : browser;
  const [first] = await place.pages();
  return {
    ...asTab(first ?? (await place.newPage())),
    engine,
    version: await browser.version(),
    newTab: async () => asTab(await place.newPage()),
    async kill() {
      const process = browser.process();
      const ended = process?.exitCode === null && process.signalCode === null ? once(process, "exit") : undefined;
      process?.kill("SIGKILL");
      await ended;
      await browser.disconnect();
      if (options.profile && !chromium) await preferencesAreBack(options.profile);
    },
    async close() {
      await browser.close();
      if (profile !== undefined && profile !== options.profile)
        rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** A profile of Chromium in which no site may store anything, cookies or data. */
function withoutStorage(): string {
  const profile = mkdtempSync(path.join(tmpdir(), "without-storage-"));
  mkdirSync(path.join(profile, "Default"));
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(path.join(profile, "Default", "Preferences"), JSON.stringify(settings));
  return profile;
}

async function limit(page: Page, origin: string, megabytes: number): Promise<void> {
  const session = await page.createCDPSession();
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: megabytes * 1024 * 1024 });
}

function firefoxKeeps(keeps: LaunchOptions["keeps"]): Record<string, boolean | number> {
  if (keeps === undefined) return {};
  if (keeps === "private") return { "browser.privatebrowsing.autostart": true };
  if (keeps === "nothing") return { "network.cookie.cookieBehavior": 2 };
  // A site gets a fifth of it, and no less than 10 MB.
  return { "dom.quotaManager.temporaryStorage.fixedLimit": keeps.megabytes * 1024 };
}

function enabling(features: LaunchOptions["features"]): readonly string[] {
  return features === undefined ? [] : [`--enable-features=${features.join(",")}`];
}

/** When a Firefox has ended, the driver puts the profile's own preferences back, which the next start moves away again. */
async function preferencesAreBack(profile: string): Promise<void> {
  const end = Date.now() + 5000;
  while (Date.now() < end && (await readdir(profile)).some((name) => name.endsWith(".puppeteer"))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function pressKey(page: Page, key: string): Promise<void> {
  const held = key.startsWith("Control+");
  if (held) await page.keyboard.down("Control");
  await page.keyboard.press((held ? key.slice("Control+".length) : key) as KeyInput);
  if (held) await page.keyboard.up("Control");
}

/** What only Chromium's own protocol can do to a page. */
function lifeOf(page: Page): Required<Pick<Tab, "back" | "crash" | "freeze" | "heaps">> {
  return {
    async back() {
      await page.goBack();
    },
    async crash() {
      const session = await page.createCDPSession();
      const crashed = new Promise((resolve) => page.once("error", resolve));
      // It has no answer: whoever could give it is gone.
      session.send("Page.crash").catch(() => undefined);
      await crashed;
      await page.close();
    },
    async freeze(frozen) {
      const session = await page.createCDPSession();
      await session.send("Page.setWebLifecycleState", { state: frozen ? "frozen" : "active" });
      await session.detach();
    },
    async heaps() {
      const session = await page.createCDPSession();
      const threads = [session, ...page.workers().map(({ client }) => client)];
      // Before any is read: the threads keep things of each other alive, such as the ends of ports.
      for (const thread of threads) await collect(thread);
      const heaps = [];
      for (const thread of threads) heaps.push(await readHeap(thread));
      await session.detach();
      return heaps;
    },
  };
}

function parse(text: unknown): unknown {
  if (typeof text !== "string") throw new Error(`the page returned ${typeof text} instead of JSON text`);
  return JSON.parse(text);
}
