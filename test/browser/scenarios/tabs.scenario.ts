// Twenty tabs over one store, closed, crashed, frozen and put away at random while all of them make calls.
import assert from "node:assert/strict";
import type { Tab } from "../engines/engine.ts";
import type { Heard } from "../pages/tabs-member.worker.ts";
import type { Scenario, ScenarioContext } from "../scenario.ts";
import { framesOf } from "./frames.ts";

/** `TABS_SECONDS=300` by hand. */
const seconds = Number(process.env.TABS_SECONDS ?? 10);
const count = Number(process.env.TABS_COUNT ?? 20);
const actionEveryMs = 250;
const storage = { kind: "browser", name: "twenty" };

const member = 'import("/bundle/tabs-member.worker.js")';
const inMember = (call: string) => `${member}.then((member) => member.${call})`;

type Ending = "close" | "leave" | "crash" | "freeze" | "away";

/** Ends a tab's part for good, or for a time; answers what brings it back. */
async function end(tab: Tab, how: Ending, origin: string): Promise<(() => Promise<void>) | undefined> {
  switch (how) {
    case "close":
      await tab.close();
      return undefined;
    case "leave":
      await tab.go("about:blank");
      await tab.close();
      return undefined;
    case "crash":
      await tab.crash?.();
      return undefined;
    case "freeze":
      await tab.freeze?.(true);
      return async () => tab.freeze?.(false);
    case "away":
      await tab.go(`${origin}/blank.html?away`);
      return async () => {
        await tab.back?.();
      };
  }
}

async function series({ engine, launch, openBlank, origin }: ScenarioContext): Promise<void> {
  const browser = await launch();
  // In MiniBrowser under WebDriver a tab that joins gets no answer now and then.
  const place = engine === "webkit" ? framesOf(browser) : browser;
  await openBlank(browser);
  await browser.evaluate(inMember(`witness(${JSON.stringify(storage.name)})`));
  const beside = await place.newTab();
  await openBlank(beside);
  await beside.evaluate(inMember(`bare(${JSON.stringify(storage.name)})`));
  const tabs: Tab[] = [];
  let made = 0;
  const open = async () => {
    const tab = await place.newTab();
    await openBlank(tab);
    const part = { storage, name: `tab${++made}` };
    await tab.evaluate(inMember(`take(${JSON.stringify(part)})`));
    tabs.push(tab);
  };
  for (let i = 0; i < count; i++) await open();
  const [some] = tabs;
  const endings: Ending[] = ["close", "leave"];
  if (some?.crash) endings.push("crash");
  if (some?.freeze) endings.push("freeze");
  if (some?.back) endings.push("away");
  const done: Record<string, number> = {};
  const started = Date.now();
  let turn = 0;
  while (Date.now() - started < seconds * 1000) {
    const how = endings[turn++ % endings.length] ?? "close";
    // Half of the time the oldest, which most likely leads.
    const [tab] = tabs.splice(turn % 2 === 0 ? 0 : Math.floor(Math.random() * tabs.length), 1);
    if (!tab) throw new Error("there are no tabs left");
    const back = await end(tab, how, origin);
    done[how] = (done[how] ?? 0) + 1;
    if (back) {
      await pause(actionEveryMs);
      await back();
      tabs.push(tab);
    } else await open();
    await pause(actionEveryMs);
  }
  await Promise.all(tabs.map((tab) => tab.evaluate(inMember("rest()"))));
  const heard = (await browser.evaluate(inMember(`verdict(${JSON.stringify(storage)})`))) as Heard;
  const gaps = heard.withoutLeader;
  console.log(
    `      ${count} tabs, ${seconds} s, ${JSON.stringify(done)}: ${heard.acknowledged} calls acknowledged, lost ${heard.lost.length}, ` +
      `doubled ${heard.doubled.length}; ${gaps.length} leaders followed, without one ${spread(gaps)}; ` +
      `the answer of a tab that only takes the lock: ${spread(heard.bare)}`,
  );
  assert.deepEqual([heard.lost, heard.doubled, heard.faults], [[], [], []]);
  assert.ok(heard.acknowledged > count, `only ${heard.acknowledged} calls were acknowledged`);
  assert.ok(gaps.length > 0, "no leader was followed by another");
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]?.toFixed(0);
  return `${at(0.5)} ms median, ${at(0.99)} ms p99`;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const scenarios: readonly Scenario[] = [
  {
    name: `${count} tabs over one store that come and go for ${seconds} s: nothing acknowledged is lost, nothing runs twice`,
    engines: ["chromium", "firefox", "webkit"],
    timeoutMs: 120_000 + seconds * 2000,
    run: series,
  },
];
