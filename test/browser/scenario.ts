/**
 * Tests that need the driver itself (several tabs, reloads, crashes): `scenarios/*.scenario.ts` export `scenarios`.
 * @module
 */
import type { Browser, EngineName, LaunchOptions, Tab } from "./engines/engine.ts";

export interface ScenarioContext {
  readonly engine: EngineName;
  /** Origin of the test server; `/bundle/<name>.js` are the bundles of pages/, `/dist/` is the built package. */
  readonly origin: string;
  /** Starts a fresh browser; it is closed after the scenario. */
  launch(options?: LaunchOptions): Promise<Browser>;
  /** Opens the empty page `/blank.html` (same origin, no script) in a tab. */
  openBlank(tab: Tab): Promise<void>;
}

export interface Scenario {
  readonly name: string;
  /** Default: all. */
  readonly engines?: readonly EngineName[];
  /** Default 120,000. */
  readonly timeoutMs?: number;
  run(context: ScenarioContext): Promise<void>;
}
