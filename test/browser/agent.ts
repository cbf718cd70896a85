// node scripts/run-ts.mjs test/browser/agent.ts [--engine name]...: drives the agent's page (demo/agent.html) in Chromium, Firefox
// and WebKit. dist/ must be built. Last line `N passed, N failed`.
import assert from "node:assert/strict";
import path from "node:path";
import { parseArgs } from "node:util";
import { build, preview } from "vite";
import type { EngineName } from "./engines/engine.ts";
import { launch } from "./engines/launch.ts";

const { values } = parseArgs({ options: { engine: { type: "string", multiple: true } } });
const engines = (values.engine ?? ["chromium", "firefox", "webkit"]) as EngineName[];

/** What a person does, by the page's own means: the drivers of some engines know no clicks. */
const script = `(async () => {
  const find = async (what, get) => {
    for (let i = 0; i < 600; i += 1) {
      const found = get();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(what + " did not appear; the page says: " + document.body.innerText.slice(0, 600));
  };
  const button = (text) => () => [...document.querySelectorAll("button")].find((each) => each.textContent.trim() === text && !each.disabled);
  const steps = () => [...document.querySelectorAll(".agent-step")].map((each) => each.className.replaceAll("agent-step", "").replaceAll("agent-", "").trim());
  const say = async (text) => {
    await find("an agent that is ready", button("Send"));
    const field = document.querySelector("#said");
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    (await find("the send button", button("Send"))).click();
  };
  let saved;
  const make = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => { saved = blob; return make(blob); };

  await say("one two three four");
  (await find("the question", button("Allow"))).click();
  await find("the end", () => document.body.innerText.includes("Lua counted 4 words"));
  await find("the agent's rest", button("Send"));
  const first = steps();
  const answer = document.body.innerText;

  (await find("the export", button("Export trace"))).click();
  const trace = await saved.text();
  const file = new DataTransfer();
  file.items.add(new File([trace], "trace.json", { type: "application/json" }));
  const input = document.querySelector("input[type=file]");
  input.files = file.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  await find("the replay", () => document.body.innerText.includes("Played from the trace"));
  const played = steps();

  (await find("a new conversation", button("New conversation"))).click();
  await find("an empty page", () => document.querySelectorAll(".agent-step").length === 0);
  await say("stop me");
  await find("the question", button("Allow"));
  (await find("the stop button", button("Stop"))).click();
  await find("the note", () => document.body.innerText.includes("Stopped."));
  const stopped = steps();

  (await find("a new conversation", button("New conversation"))).click();
  await say("refuse me");
  (await find("the question", button("Refuse"))).click();
  await find("a refusal", () => document.body.innerText.includes("the call was not approved"));
  await find("the agent's rest", button("Send"));
  return { first, answer, played, stopped, entries: JSON.parse(trace).entries.length, wide: document.documentElement.scrollWidth > innerWidth };
})()`;

interface Seen {
  readonly first: readonly string[];
  readonly answer: string;
  readonly played: readonly string[];
  readonly stopped: readonly string[];
  readonly entries: number;
  readonly wide: boolean;
}

async function drive(engine: EngineName, url: string): Promise<void> {
  const errors: string[] = [];
  const browser = await launch(engine, { onPageError: (text) => errors.push(text) });
  try {
    await browser.go(`${url}agent.html`);
    const seen = (await browser.evaluate(script)) as Seen;
    assert.deepEqual(seen.first, ["user", "model", "tool done", "model", "tool done", "model"]);
    assert.match(seen.answer, /The skill says:/);
    assert.deepEqual(seen.played, [...seen.first, "note"]);
    assert.deepEqual(seen.stopped, ["user", "model", "tool failed", "note"]);
    assert.ok(seen.entries > 8, `the trace has ${seen.entries} entries`);
    assert.equal(seen.wide, false, "the page scrolls sideways");
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
}

const configFile = path.resolve("vite.config.ts");
await build({ configFile, logLevel: "error" });
const server = await preview({ configFile, logLevel: "error", preview: { port: 0, host: "127.0.0.1" } });
const [address] = server.resolvedUrls?.local ?? [];
if (!address) throw new Error("the demo's server has no address");
let failed = 0;
for (const engine of engines) {
  const started = performance.now();
  try {
    await drive(engine, address);
    console.log(`passed  an agent in ${engine} (${Math.round(performance.now() - started)} ms)`);
  } catch (thrown) {
    failed += 1;
    console.log(`FAILED  an agent in ${engine}\n${thrown instanceof Error ? thrown.stack : thrown}`);
  }
}
await server.close();
console.log(`${engines.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
