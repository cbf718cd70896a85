import type { Browser, EngineName, LaunchOptions } from "./engine.ts";
import { launchPuppeteer } from "./puppeteer.ts";
import { launchWebKit } from "./webkit.ts";

/** Starts a browser with one open tab. Close it, or it outlives the process. */
export function launch(engine: EngineName, options: LaunchOptions = {}): Promise<Browser> {
  return engine === "webkit" ? launchWebKit(options) : launchPuppeteer(engine, options);
}
