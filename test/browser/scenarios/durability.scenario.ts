// Tabs closed and browsers killed while a worker writes: no acknowledged call is lost, no part of a call is seen.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EngineName, Tab } from "../engines/engine.ts";
import type { DatabaseStorage, Found, Moment, Order } from "../pages/durability.worker.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";
import { check, startWriter } from "./store-worker.ts";

/** `DURABILITY_ROUNDS=20` for the full count; a test run does a few. */
const rounds = Number(process.env.DURABILITY_ROUNDS ?? 5);

interface Kind {
  readonly storage: DatabaseStorage;
  readonly moment: Moment;
}

const kinds: readonly Kind[] = [
  { storage: "vfs", moment: "transaction" },
  { storage: "vfs", moment: "flush" },
  { storage: "opfs", moment: "transaction" },
  { storage: "opfs", moment: "flush" },
];
/** WebKit on Linux gives a worker no synchronous handles of files. */
const kindsOf = (engine: EngineName) => kinds.filter(({ storage }) => engine !== "webkit" || storage === "vfs");
const storeOf = ({ storage, moment }: Kind) => `durability-${storage}-${moment}`;

/** The last call each store has heard of. */
type Acknowledged = ReadonlyMap<Kind, number>;

const order = (kind: Kind, work: Order["work"], calls = 0): Order => ({
  name: storeOf(kind),
  storage: kind.storage,
  work,
  calls,
});
const writer = (kind: Kind, calls: number): string =>
  startWriter("durability.worker", storeOf(kind), order(kind, kind.moment, calls), 'data === "moment"');
const checker = (kind: Kind): string => check("durability.worker", order(kind, "check"));

/** One writer of each kind, all up to their moment and for a while that differs from round to round. */
async function writeFor(tab: Tab, engine: EngineName, round: number): Promise<Acknowledged> {
  const mine = kindsOf(engine);
  await Promise.all(mine.map((kind) => tab.evaluate(writer(kind, (kind.moment === "flush" ? 1 : 2) + (round % 4)))));
  await new Promise((resolve) => setTimeout(resolve, 20 + ((round * 53) % 240)));
  const heard = (await tab.evaluate("globalThis.acknowledged")) as Record<string, number>;
  return new Map(mine.map((kind) => [kind, heard[storeOf(kind)] ?? 0]));
}

async function expectWhole(tab: Tab, acknowledged: Acknowledged): Promise<void> {
  await Promise.all(
    Array.from(acknowledged, async ([kind, last]) => {
      const found = (await tab.evaluate(checker(kind))) as Found;
      assert.equal(found.problem, "", storeOf(kind));
      assert.ok(found.call >= last, `${storeOf(kind)}: call ${last} was acknowledged, the store is at ${found.call}`);
    }),
  );
}

async function closedAgainAndAgain({ engine, launch, openBlank }: ScenarioContext): Promise<void> {
  const browser = await launch();
  await openBlank(browser);
  let last: Acknowledged = new Map();
  for (let round = 0; round < rounds; round++) {
    const tab = await browser.newTab();
    await openBlank(tab);
    last = await writeFor(tab, engine, round);
    await tab.close();
    await expectWhole(browser, last);
  }
  for (const [kind, calls] of last) assert.ok(calls > rounds, `${storeOf(kind)}: only ${calls} calls were made`);
}

/**
 * Each round is an origin of its own, looked at by the browser that follows. Chromium's IndexedDB does not stand a whole series
 * of kills: its log may be left torn, the next start writes on behind the tear, and the start after that takes the log for
 * corrupt and deletes all databases of the origin (docs/storage.md).
 */
async function killedAgainAndAgain({ engine, launch, origin }: ScenarioContext): Promise<void> {
  const profile = mkdtempSync(path.join(tmpdir(), "durability-"));
  const pageOf = (round: number) => `${origin.replace("localhost", `round-${round}.localhost`)}/blank.html`;
  try {
    let last: Acknowledged = new Map();
    const calls = new Map(kindsOf(engine).map((kind) => [kind, 0]));
    for (let round = 0; round <= rounds; round++) {
      const browser = await launch({ profile });
      if (round > 0) {
        await browser.go(pageOf(round - 1));
        await expectWhole(browser, last);
      }
      if (round === rounds) {
        await browser.close();
        break;
      }
      await browser.go(pageOf(round));
      last = await writeFor(browser, engine, round);
      for (const [kind, made] of last) calls.set(kind, (calls.get(kind) ?? 0) + made);
      await browser.kill();
    }
    for (const [kind, made] of calls) assert.ok(made > rounds, `${storeOf(kind)}: only ${made} calls were made`);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

const timeoutMs = 120_000 + rounds * 20_000;
const where = "in the middle of transactions and flushes, databases in the tree and in OPFS";

export const scenarios: readonly Scenario[] = [
  {
    name: `a tab closed ${where}: nothing it was told is stored is lost`,
    engines: ["chromium", "firefox", "webkit"],
    timeoutMs,
    run: closedAgainAndAgain,
  },
  {
    name: `a browser killed ${where}: nothing it was told is stored is lost`,
    engines: ["chromium", "firefox"],
    timeoutMs,
    run: killedAgainAndAgain,
  },
];
