// Tabs closed and browsers killed while a worker writes: no acknowledged call is lost, no part of a call is seen.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Tab } from "../engines/engine.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";

/** `DURABILITY_ROUNDS=20` for the full count; a test run does a few of each. */
const rounds = Number(process.env.DURABILITY_ROUNDS ?? 4);

const startWriter = `new Promise((resolve, reject) => {
  globalThis.acknowledged = 0;
  const writer = new Worker("/bundle/durability.worker.js", { type: "module" });
  writer.onmessage = ({ data }) => {
    if (typeof data !== "number") return reject(new Error(data.problem));
    globalThis.acknowledged = data;
    resolve(true);
  };
  writer.onerror = (event) => reject(new Error(event.message));
  writer.postMessage({ name: "durability", work: "write" });
})`;
const check = `new Promise((resolve, reject) => {
  const checker = new Worker("/bundle/durability.worker.js", { type: "module" });
  checker.onmessage = ({ data }) => resolve(data);
  checker.onerror = (event) => reject(new Error(event.message));
  checker.postMessage({ name: "durability", work: "check" });
})`;

/** Writes for a while that differs from round to round; answers the last call it heard of. */
async function writeFor(tab: Tab, round: number): Promise<number> {
  await tab.evaluate(startWriter);
  await new Promise((resolve) => setTimeout(resolve, 60 + ((round * 53) % 240)));
  return Number(await tab.evaluate("globalThis.acknowledged"));
}

async function expectWhole(tab: Tab, acknowledged: number): Promise<void> {
  const found = (await tab.evaluate(check)) as { call: number; problem: string };
  assert.equal(found.problem, "");
  assert.ok(found.call >= acknowledged, `call ${acknowledged} was acknowledged, the store is at ${found.call}`);
}

async function withProfile(work: (profile: string) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(path.join(tmpdir(), "durability-"));
  try {
    await work(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

export const scenarios: readonly Scenario[] = [
  {
    name: "a tab closed while a skill writes loses nothing it was told is stored",
    async run({ launch, openBlank }) {
      const browser = await launch();
      await openBlank(browser);
      let last = 0;
      for (let round = 0; round < rounds; round++) {
        const tab = await browser.newTab();
        await openBlank(tab);
        last = await writeFor(tab, round);
        await tab.close();
        await expectWhole(browser, last);
      }
      assert.ok(last > rounds, `only ${last} calls were made`);
    },
  },
  {
    name: "a browser killed while a skill writes loses nothing it was told is stored",
    engines: ["chromium", "firefox"],
    run: (context) => withProfile((profile) => killedAgainAndAgain(context, profile)),
  },
];

async function killedAgainAndAgain({ launch, openBlank }: ScenarioContext, profile: string): Promise<void> {
  let last = 0;
  for (let round = 0; round < rounds; round++) {
    const browser: Browser = await launch({ profile });
    await openBlank(browser);
    await expectWhole(browser, last);
    last = await writeFor(browser, round);
    await browser.kill();
  }
  const browser = await launch({ profile });
  await openBlank(browser);
  await expectWhole(browser, last);
  assert.ok(last > rounds, `only ${last} calls were made`);
  await browser.close();
}
