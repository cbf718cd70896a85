import type { RunOptions } from "../options.ts";
import type { Environment } from "./environment.ts";
import { openNode } from "./node.ts";

/** @throws Error when the environment cannot be started here, with what is missing. */
export async function openEnvironment(options: RunOptions): Promise<Environment> {
  switch (options.environment) {
    case "node":
      return openNode(options);
    case "chromium":
    case "firefox":
    case "webkit":
      return (await import("./browser.ts")).openBrowser({ ...options, environment: options.environment });
    case "deno":
      return (await import("./deno.ts")).openDeno(options);
    case "workerd":
      return (await import("./workerd.ts")).openWorkerd(options);
  }
}
