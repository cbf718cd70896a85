import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "vite";
import type { App } from "../../browser/consumers/app.ts";
import { launch } from "../../browser/engines/launch.ts";
import { serve } from "../../browser/serve.ts";
import { zipSkill } from "../zip-skill.ts";

/** Runs in the page: a model that writes a note, lists the notes and then repeats what it was told. */
const model = `
  const turns = [
    { content: null, tool_calls: [{ id: "1", function: { name: "notebook-add", arguments: '{"title":"Coffee","text":"beans #shopping"}' } }] },
    { content: null, tool_calls: [{ id: "2", function: { name: "notebook-lost", arguments: "{}" } }, { id: "3", function: { name: "notebook-list", arguments: "{}" } }] },
  ];
  const real = globalThis.fetch;
  globalThis.fetch = async (url, init) => {
    if (!String(url).startsWith("https://model.test/")) return real(url, init);
    const { messages, tools } = JSON.parse(init.body);
    const message = turns.shift() ?? { content: tools.length + " tools; " + messages.filter((m) => m.role === "tool").map((m) => m.content).join(" | ") };
    return Response.json({ choices: [{ message }] });
  };`;

export async function viteAgent(app: App): Promise<void> {
  mkdirSync(path.join(app.folder, "public"));
  writeFileSync(path.join(app.folder, "public", "notebook.zip"), await zipSkill("demo/skills/notebook"));
  await build({ root: app.folder, configFile: false, logLevel: "error" });
  const server = await serve({ folders: { "/": [path.join(app.folder, "dist")] } });
  const browser = await launch("chromium");
  try {
    await browser.go(`${server.origin}/index.html`);
    await waitFor(browser, `document.querySelector("#log").textContent.includes("Skills: notebook-add")`);
    await browser.evaluate(`(() => { ${model}
      document.querySelector("[name=endpoint]").value = "https://model.test/v1/chat/completions";
      document.querySelector("#ask").requestSubmit(); })()`);
    await waitFor(browser, `/5 tools;/.test(document.querySelector("#log").textContent)`);
    const log = String(await browser.evaluate(`document.querySelector("#log").textContent`));
    assert.match(log, /Saved as \*\*coffee\*\*/);
    assert.match(log, /error: Lua skill 'notebook-lost' not found/);
    assert.match(log, /\*\*coffee\*\* — Coffee/);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function waitFor(browser: { evaluate(expression: string): Promise<unknown> }, expression: string): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if ((await browser.evaluate(expression)) === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const log = await browser.evaluate(`document.querySelector("#log").textContent`);
  throw new Error(`never became true: ${expression}; the page says: ${String(log)}`);
}
