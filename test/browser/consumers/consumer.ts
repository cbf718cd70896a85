import type { App } from "./app.ts";

/** One way of using the package in a page. */
export interface Consumer {
  readonly name: string;
  /** Builds or serves the application; the page leaves its result on `window.outcome`. */
  start(app: App): Promise<{ readonly url: string; close(): Promise<void> }>;
}
