// `luaskills-wasm dev`: the page over the skills of a folder, which follows its files.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Scenario, ScenarioContext } from "../scenario.ts";

const manifest = `name: greeter
version: 1.0.0
entries:
  - name: hello
    description: Greets somebody.
    lua_entry: runtime/hello.lua
    lua_module: greeter.hello
    parameters: [{ name: who, type: string, description: Whom., required: true }]
  - { name: fails, description: Fails., lua_entry: runtime/fails.lua, lua_module: greeter.fails }
  - { name: forever, description: Never ends., lua_entry: runtime/forever.lua, lua_module: greeter.forever }
`;
const hello = (greeting: string) => `return function(args) print("greets") return "${greeting} " .. args.who end`;

async function started(dev: ChildProcess): Promise<string> {
  let said = "";
  for await (const chunk of dev.stderr ?? []) {
    said += String(chunk);
    const address = /in your browser: (\S+)/.exec(said)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`luaskills-wasm dev ended: ${said}`);
}

/** Waits in the page until its text holds all of these. */
const holds = (...texts: readonly string[]) => `new Promise((done, failed) => {
  setTimeout(() => failed(new Error(${JSON.stringify(texts.join(", "))} + " in: " + document.body.innerText)), 30_000);
  const look = () => ${JSON.stringify(texts)}.every((text) => document.body.innerText.includes(text)) && done(true);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  look();
})`;

const click = (text: string) =>
  `[...document.querySelectorAll("button")].find((button) => button.textContent.trim() === ${JSON.stringify(text)}).click()`;

async function devPage({ launch }: ScenarioContext): Promise<void> {
  const folder = path.join(await mkdtemp(path.join(os.tmpdir(), "dev-page-")), "greeter");
  await mkdir(path.join(folder, "runtime"), { recursive: true });
  const write = (name: string, text: string) => writeFile(path.join(folder, name), text);
  await write("skill.yaml", manifest);
  await write("runtime/hello.lua", hello("Hello"));
  await write("runtime/fails.lua", "return function()\n  error('no tea')\nend");
  await write("runtime/forever.lua", "return function() vulcan.runtime.progress(1, 2, 'half') while true do end end");
  const dev = spawn(process.execPath, ["dist/cli.js", "dev", folder, "--port", "0", "--memory"]);
  try {
    const address = await started(dev);
    const tab = await launch({ onPageError: () => undefined });
    await tab.go(address);
    await tab.evaluate(holds("follows the folder"));
    await tab.evaluate(click("hello"));
    await tab.evaluate(holds("Greets somebody."));
    await tab.evaluate(`document.querySelector("#field-who").focus()`);
    await tab.press([..."Ada", "Enter"]);
    await tab.evaluate(holds("Hello Ada", "greets"));
    await write("runtime/hello.lua", hello("Bye"));
    await tab.evaluate(holds("loaded 2 times"));
    await tab.evaluate(click("Run"));
    await tab.evaluate(holds("Bye Ada"));
    await tab.evaluate(click("fails"));
    await tab.evaluate(click("Run"));
    await tab.evaluate(holds("no tea", "fails.lua", "stack traceback:"));
    await tab.evaluate(click("forever"));
    await tab.evaluate(click("Run"));
    await tab.evaluate(holds("1 of 2 half"));
    await tab.evaluate(click("Stop"));
    await tab.evaluate(holds("aborted"));
    await write("skill.yaml", manifest.replace("lua_entry:", "lua_enty:"));
    await tab.evaluate(holds("not loaded: greeter"));
    // Without the token the page is there, and nothing of the folder.
    const { origin } = new URL(address);
    assert.equal((await fetch(`${origin}/dev/skills`)).status, 401);
    assert.equal((await fetch(`${origin}/package/..%2fpackage.json`)).status, 401);
    const stranger = await tab.newTab();
    await stranger.go(origin);
    await stranger.evaluate(holds("needs the whole address"));
    const ended = once(dev, "exit");
    dev.kill("SIGTERM");
    await ended;
    await tab.evaluate(holds("The command has ended"));
  } finally {
    dev.kill("SIGKILL");
    await rm(path.dirname(folder), { recursive: true });
  }
}

export const scenarios: readonly Scenario[] = [
  { name: "the page of luaskills-wasm dev runs a folder's skills and follows it", engines: ["chromium"], run: devPage },
];
