import type { Lane } from "../drive.ts";
import type { RunOptions } from "../options.ts";
import { openNode } from "./node.ts";

/** An environment that is up: lanes can be opened in it. */
export interface Environment {
  /** How many lanes make sense at the same time. */
  readonly lanes: number;
  openLane(): Promise<Lane>;
  /** Names of the `vulcan.*` functions there, sorted. */
  surface(): Promise<readonly string[]>;
  /** The strategy the engine runs under, known once a lane was open. */
  waiting(): string;
  close(): Promise<void>;
}

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
