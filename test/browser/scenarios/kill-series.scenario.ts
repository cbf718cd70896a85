// Browsers killed again and again over one store of one origin: what was acknowledged is there after every kill.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EngineName, Tab } from "../engines/engine.ts";
import type { SeriesFound, SeriesOrder, StoreKind } from "../pages/kill-series.worker.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";

/** For each kind, over one origin: 21 kills of each browser in CI. By hand `KILL_ROUNDS=200 KILL_KINDS=opfs KILL_KEEP=1`. */
const rounds = Number(process.env.KILL_ROUNDS ?? 7);
const sizes = [1000, 100_000, 5_000_000];
const engines: readonly EngineName[] = ["chromium", "firefox"];

const order = (work: SeriesOrder["work"], kind: StoreKind, bytes: number): string =>
  JSON.stringify({ name: "series", kind, work, bytes } satisfies SeriesOrder);

/** Resolves after so many calls; the first number it tells is that of the calls before. */
const startWriter = (
  work: "write" | "move",
  kind: StoreKind,
  bytes: number,
  calls: number,
) => `new Promise((resolve, reject) => {
  globalThis.acknowledged = 0;
  let told = -1;
  const writer = new Worker("/bundle/kill-series.worker.js", { type: "module" });
  writer.onmessage = ({ data }) => {
    if (typeof data !== "number") return reject(new Error(data.problem));
    globalThis.acknowledged = data;
    if (++told >= ${calls}) resolve(true);
  };
  writer.onerror = (event) => reject(new Error(event.message));
  writer.postMessage(${order(work, kind, bytes)});
})`;
const check = (kind: StoreKind) => `new Promise((resolve, reject) => {
  const checker = new Worker("/bundle/kill-series.worker.js", { type: "module" });
  checker.onmessage = ({ data }) => { checker.terminate(); resolve(data); };
  checker.onerror = (event) => reject(new Error(event.message));
  checker.postMessage(${order("check", kind, 0)});
})`;

async function expectWhole(tab: Tab, kind: StoreKind, acknowledged: number, round: number): Promise<SeriesFound> {
  const found = (await tab.evaluate(check(kind))) as SeriesFound;
  assert.equal(found.problem, "", `after kill ${round}`);
  assert.ok(found.call >= acknowledged, `kill ${round}: call ${acknowledged} was acknowledged, ${found.call} is there`);
  return found;
}

async function series({ launch, origin }: ScenarioContext, kind: StoreKind): Promise<void> {
  const profile = mkdtempSync(path.join(tmpdir(), "kill-series-"));
  let acknowledged = 0;
  let atLeast = 0;
  const openMs: number[] = [];
  let whole = false;
  try {
    for (let round = 0; round <= rounds; round++) {
      const browser = await launch({ profile });
      await browser.go(`${origin}/blank.html`);
      if (round > 0) openMs.push((await expectWhole(browser, kind, acknowledged, round)).openMs);
      if (round === rounds) {
        await browser.close();
        break;
      }
      // The calls of a round are what the next one moves.
      const work = kind === "browser" && round % 2 === 1 ? "move" : "write";
      // However slow the machine is, calls are made; the first kill may come before any.
      const calls = work === "write" && round > 0 ? 1 : 0;
      atLeast += calls;
      await browser.evaluate(startWriter(work, kind, sizes[(round >> 1) % sizes.length] as number, calls));
      await new Promise((resolve) => setTimeout(resolve, 20 + ((round * 97) % 500)));
      acknowledged = Number(await browser.evaluate("globalThis.acknowledged"));
      await browser.kill();
    }
    whole = true;
    assert.ok(acknowledged >= atLeast, `only ${acknowledged} calls were made`);
    openMs.sort((a, b) => a - b);
    console.log(
      `      ${kind}: ${rounds} kills, ${acknowledged} calls, open ${openMs[openMs.length >> 1]?.toFixed(0)} ms median, ${openMs.at(-1)?.toFixed(0)} ms most`,
    );
  } finally {
    if (!whole && process.env.KILL_KEEP) console.log(`      kept ${profile}`);
    else rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** `browser`: one that moves from kind to kind. */
const kinds: readonly StoreKind[] = ["opfs", "indexeddb", "browser"];

const wanted = process.env.KILL_KINDS?.split(",");

export const scenarios: readonly Scenario[] = kinds
  .filter((kind) => wanted?.includes(kind) ?? true)
  .map(
    (kind): Scenario => ({
      name: `${rounds} kills of the browser over one ${kind} store: nothing it was told is stored is lost, nothing is doubled`,
      engines,
      timeoutMs: 120_000 + rounds * 15_000,
      run: (context) => series(context, kind),
    }),
  );
