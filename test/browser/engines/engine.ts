/**
 * One small interface over every browser we test in, so that neither page tests nor scenarios know a driver.
 * @module
 */

export const engineNames = ["chromium", "chromium-isolated", "firefox", "firefox-no-jspi", "webkit"] as const;

export type EngineName = (typeof engineNames)[number];

/** What is alive in one thread after a collection. */
export interface HeapReading {
  /** How many there are of each kind: `object Map`, `closure onAbort`, `native AbortSignal`. */
  readonly objects: ReadonlyMap<string, number>;
}

export interface Tab {
  go(url: string): Promise<void>;
  /** Evaluates a JavaScript expression (text) in the page, awaits it and gives its JSON value; undefined becomes null. */
  evaluate(expression: string): Promise<unknown>;
  /** Real key presses without a pause, of what has the focus: a character, or a key's name, with `Control+` before it or not. */
  press(keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
  /** Back in the tab's history; from the back/forward cache where the browser has one under automation. */
  back?(): Promise<void>;
  /** Ends the tab's process, where the driver can. */
  crash?(): Promise<void>;
  /** Freezes the page as a browser does with tabs nobody looks at, where the driver can; or lets it go on. */
  freeze?(frozen: boolean): Promise<void>;
  /** Collects garbage and says what is left, in the page and in its workers, where the driver can. */
  heaps?(): Promise<readonly HeapReading[]>;
}

/** The first tab is open already: the browser itself is one. */
export interface Browser extends Tab {
  readonly engine: EngineName;
  readonly version: string;
  newTab(): Promise<Tab>;
  /** Ends the browser as a crash would. */
  kill(): Promise<void>;
}

export interface LaunchOptions {
  /** Milliseconds a navigation or an answer of the page may take; 0 = as long as it takes. Default: the driver's. */
  readonly limitMs?: number;
  /** A profile folder that survives `close` and `kill` (Chromium and Firefox; WebKit's automation is always ephemeral). */
  readonly profile?: string;
  /** How the browser keeps what sites store: only while it runs, not at all, or no more than some megabytes of each. Chromium and Firefox. */
  readonly keeps?: "private" | "nothing" | { readonly megabytes: number };
  /** Names of features that Chromium has and keeps turned off. */
  readonly features?: readonly string[];
  /** Page errors and console errors arrive here; default: standard error. */
  readonly onPageError?: (text: string) => void;
}

/** True when the engine's pages are served with COOP/COEP. */
export function isIsolated(engine: EngineName): boolean {
  return engine === "chromium-isolated" || engine === "firefox";
}
