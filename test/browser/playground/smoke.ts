import assert from "node:assert/strict";
import type { EngineName } from "../engines/engine.ts";
import { launch } from "../engines/launch.ts";

/** What a page can do to itself, for engines whose drivers know no clicks. */
const script = `(async () => {
  const find = async (what, get) => {
    for (let i = 0; i < 300; i += 1) {
      const found = get();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(what + " did not appear; the page says: " + document.body.innerText.slice(0, 400));
  };
  const button = (text) => () => [...document.querySelectorAll("button")].find((each) => each.textContent.trim().startsWith(text));
  (await find("the entry add", () => [...document.querySelectorAll(".entry")].find((each) => each.textContent === "add"))).click();
  (await find("the example button", button("Fill in an example"))).click();
  await new Promise((resolve) => setTimeout(resolve, 100));
  (await find("the run button", () => document.querySelector(".run-button"))).click();
  const result = await find("the result", () => document.querySelector(".markdown"));
  const code = await find("the editor", () => document.querySelector(".cm-content"));
  return { text: result.textContent, code: code.textContent.length, wide: document.documentElement.scrollWidth > innerWidth };
})()`;

const typed = 'return function(args) return "typed fast: " .. tostring(args.title) .. string.rep("!", 40) end';

/** What the page says once the text of the editor ran, without having been saved. */
const answer = `(async () => {
  for (let i = 0; i < 300 && !document.querySelector(".markdown")?.textContent.includes("typed fast: "); i += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return { text: document.querySelector(".outcome")?.textContent ?? "", code: document.querySelector(".cm-content").textContent };
})()`;

/** The playground starts, runs an entry, shows its result, and takes real key presses as fast as they come. */
export async function smoke(engine: EngineName, url: string): Promise<void> {
  const errors: string[] = [];
  const browser = await launch(engine, { onPageError: (text) => errors.push(text) });
  try {
    await browser.go(url);
    const seen = (await browser.evaluate(script)) as { text: string; code: number; wide: boolean };
    assert.match(seen.text, /Saved as groceries/);
    assert.ok(seen.code > 0, "the editor is empty");
    assert.equal(seen.wide, false, "the page scrolls sideways");
    // A narrow window shows the editor when asked to.
    await browser.evaluate(
      `[...document.querySelectorAll(".bottom-nav button")].find((each) => each.textContent === "Edit").click()`,
    );
    await browser.evaluate(`document.querySelector(".cm-content").focus()`);
    await browser.press(["Control+a", "Delete", ...typed, "Control+Enter"]);
    const ran = (await browser.evaluate(answer)) as { text: string; code: string };
    assert.equal(ran.code, typed);
    assert.match(ran.text, /typed fast: Groceries!!!!/);
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
}
