// Browsers killed again and again over one store of one origin: what was acknowledged is there after every kill.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Tab } from "../engines/engine.ts";
import type { SeriesFound, SeriesOrder, StoreKind } from "../pages/kill-series.worker.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";
import { check, startWriter } from "./store-worker.ts";

/** Kills of each browser over one origin, each with a store of every kind. By hand `KILL_ROUNDS=200 KILL_KINDS=opfs KILL_KEEP=1`. */
const rounds = Number(process.env.KILL_ROUNDS ?? 10);
const sizes = [1000, 100_000, 5_000_000];

/** `browser`: one that moves from kind to kind. */
const kinds = (["opfs", "indexeddb", "browser"] as const).filter(
  (kind) => process.env.KILL_KINDS?.split(",").includes(kind) ?? true,
);

const order = (work: SeriesOrder["work"], kind: StoreKind, bytes: number): SeriesOrder => ({
  name: `series-${kind}`,
  kind,
  work,
  bytes,
});

/** What is known of the store of one kind. */
class Series {
  #acknowledged = 0;
  #atLeast = 0;
  readonly #openMs: number[] = [];

  constructor(readonly kind: StoreKind) {}

  async write(tab: Tab, round: number): Promise<void> {
    // The calls of a round are what the next one moves.
    const work = this.kind === "browser" && round % 2 === 1 ? "move" : "write";
    // However slow the machine is, calls are made; the first kill may come before any.
    const calls = work === "write" && round > 0 ? 1 : 0;
    this.#atLeast += calls;
    const bytes = sizes[(round >> 1) % sizes.length] as number;
    // The first number it tells is that of the calls before.
    await tab.evaluate(startWriter("kill-series.worker", this.kind, order(work, this.kind, bytes), `told >= ${calls}`));
  }

  /** @param heard the last call of each store that the page was told of before the kill */
  killed(heard: Readonly<Record<string, number>>): void {
    this.#acknowledged = heard[this.kind] ?? this.#acknowledged;
  }

  async expectWhole(tab: Tab, round: number): Promise<void> {
    const found = (await tab.evaluate(check("kill-series.worker", order("check", this.kind, 0)))) as SeriesFound;
    const where = `${this.kind}, kill ${round}`;
    assert.equal(found.problem, "", where);
    assert.ok(
      found.call >= this.#acknowledged,
      `${where}: call ${this.#acknowledged} was acknowledged, ${found.call} is there`,
    );
    this.#openMs.push(found.openMs);
  }

  end(): void {
    assert.ok(this.#acknowledged >= this.#atLeast, `${this.kind}: only ${this.#acknowledged} calls were made`);
    const open = this.#openMs.sort((a, b) => a - b);
    const [median, most] = [open[open.length >> 1], open.at(-1)].map((ms) => `${ms?.toFixed(0)} ms`);
    console.log(
      `      ${this.kind}: ${rounds} kills, ${this.#acknowledged} calls, open ${median} median, ${most} most`,
    );
  }
}

async function killedAgainAndAgain({ launch, origin }: ScenarioContext): Promise<void> {
  const profile = mkdtempSync(path.join(tmpdir(), "kill-series-"));
  const all = kinds.map((kind) => new Series(kind));
  let whole = false;
  try {
    for (let round = 0; round <= rounds; round++) {
      const browser = await launch({ profile });
      await browser.go(`${origin}/blank.html`);
      if (round > 0) await Promise.all(all.map((series) => series.expectWhole(browser, round)));
      if (round === rounds) {
        await browser.close();
        break;
      }
      await Promise.all(all.map((series) => series.write(browser, round)));
      await new Promise((resolve) => setTimeout(resolve, 20 + ((round * 97) % 500)));
      const heard = (await browser.evaluate("globalThis.acknowledged")) as Record<string, number>;
      for (const series of all) series.killed(heard);
      await browser.kill();
    }
    whole = true;
    for (const series of all) series.end();
  } finally {
    if (!whole && process.env.KILL_KEEP) console.log(`      kept ${profile}`);
    else rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

export const scenarios: readonly Scenario[] = [
  {
    name: `${rounds} kills of the browser over stores of the kinds ${kinds.join(", ")}: nothing they were told is stored is lost, nothing is doubled`,
    engines: ["chromium", "firefox"],
    timeoutMs: 120_000 + rounds * 30_000,
    run: killedAgainAndAgain,
  },
];
