// Tabs closed and browsers killed while a worker writes: no acknowledged call is lost, no part of a call is seen.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { EngineName, Tab } from "../engines/engine.ts";
import type { DatabaseStorage, Moment } from "../pages/durability.worker.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";

/** Of each kind. `DURABILITY_ROUNDS=20` for the full count; a test run does a few. */
const rounds = Number(process.env.DURABILITY_ROUNDS ?? 5);

interface Kind {
  readonly storage: DatabaseStorage;
  readonly moment: Moment;
}

const startWriter = ({ storage, moment }: Kind, calls: number) => `new Promise((resolve, reject) => {
  globalThis.acknowledged = 0;
  const writer = new Worker("/bundle/durability.worker.js", { type: "module" });
  writer.onmessage = ({ data }) => {
    if (typeof data === "number") globalThis.acknowledged = data;
    else if (data === "moment") resolve(true);
    else reject(new Error(data.problem));
  };
  writer.onerror = (event) => reject(new Error(event.message));
  writer.postMessage({ name: "durability", storage: "${storage}", work: "${moment}", calls: ${calls} });
})`;
const check = (storage: DatabaseStorage) => `new Promise((resolve, reject) => {
  const checker = new Worker("/bundle/durability.worker.js", { type: "module" });
  checker.onmessage = ({ data }) => { checker.terminate(); resolve(data); };
  checker.onerror = (event) => reject(new Error(event.message));
  checker.postMessage({ name: "durability", storage: "${storage}", work: "check" });
})`;

/** Writes up to the moment, and for a while that differs from round to round; answers the last call it heard of. */
async function writeFor(tab: Tab, kind: Kind, round: number): Promise<number> {
  await tab.evaluate(startWriter(kind, (kind.moment === "flush" ? 1 : 2) + (round % 4)));
  await new Promise((resolve) => setTimeout(resolve, 20 + ((round * 53) % 240)));
  return Number(await tab.evaluate("globalThis.acknowledged"));
}

async function expectWhole(tab: Tab, { storage }: Kind, acknowledged: number): Promise<void> {
  const found = (await tab.evaluate(check(storage))) as { call: number; problem: string };
  assert.equal(found.problem, "");
  assert.ok(found.call >= acknowledged, `call ${acknowledged} was acknowledged, the store is at ${found.call}`);
}

async function closedAgainAndAgain({ launch, openBlank }: ScenarioContext, kind: Kind): Promise<void> {
  const browser = await launch();
  await openBlank(browser);
  let last = 0;
  for (let round = 0; round < rounds; round++) {
    const tab = await browser.newTab();
    await openBlank(tab);
    last = await writeFor(tab, kind, round);
    await tab.close();
    await expectWhole(browser, kind, last);
  }
  assert.ok(last > rounds, `only ${last} calls were made`);
}

/**
 * Each round is an origin of its own, looked at by the browser that follows. Chromium's IndexedDB does not stand a whole series
 * of kills: its log may be left torn, the next start writes on behind the tear, and the start after that takes the log for
 * corrupt and deletes all databases of the origin (docs/storage.md).
 */
async function killedAgainAndAgain({ launch, origin }: ScenarioContext, kind: Kind): Promise<void> {
  const profile = mkdtempSync(path.join(tmpdir(), "durability-"));
  const pageOf = (round: number) => `${origin.replace("localhost", `round-${round}.localhost`)}/blank.html`;
  try {
    let last = 0;
    let calls = 0;
    for (let round = 0; round <= rounds; round++) {
      const browser = await launch({ profile });
      if (round > 0) {
        await browser.go(pageOf(round - 1));
        await expectWhole(browser, kind, last);
      }
      if (round === rounds) {
        await browser.close();
        break;
      }
      await browser.go(pageOf(round));
      last = await writeFor(browser, kind, round);
      calls += last;
      await browser.kill();
    }
    assert.ok(calls > rounds, `only ${calls} calls were made`);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

const kinds: readonly Kind[] = [
  { storage: "vfs", moment: "transaction" },
  { storage: "vfs", moment: "flush" },
  { storage: "opfs", moment: "transaction" },
  { storage: "opfs", moment: "flush" },
];
const timeoutMs = 60_000 + rounds * 10_000;
const withFiles: readonly EngineName[] = ["chromium", "firefox"];

export const scenarios: readonly Scenario[] = kinds.flatMap((kind): Scenario[] => {
  const what = `in the middle of a ${kind.moment}, databases in ${kind.storage === "vfs" ? "the tree" : "OPFS"}`;
  return [
    {
      name: `a tab closed ${what}: nothing it was told is stored is lost`,
      engines: kind.storage === "vfs" ? [...withFiles, "webkit"] : withFiles,
      timeoutMs,
      run: (context) => closedAgainAndAgain(context, kind),
    },
    {
      name: `a browser killed ${what}: nothing it was told is stored is lost`,
      engines: withFiles,
      timeoutMs,
      run: (context) => killedAgainAndAgain(context, kind),
    },
  ];
});
