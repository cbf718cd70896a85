// The engine in the thread that asks for it: a service worker, which can start no worker and load nothing later, and a worker.
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { build, type Format } from "esbuild";
import type { Scenario, ScenarioContext } from "../scenario.ts";
import { serve } from "../serve.ts";

const skill = {
  "count/skill.yaml": `name: count
version: 1.0.0
sqlite: { enable: true }
entries:
  - { name: up, lua_entry: runtime/up.lua, lua_module: count.up }
  - { name: forever, lua_entry: runtime/forever.lua, lua_module: count.forever }
`,
  "count/runtime/up.lua": `return function()
  vulcan.sqlite.execute_script({ sql = "CREATE TABLE IF NOT EXISTS t (v); INSERT INTO t VALUES (1)" })
  return vulcan.json.encode(vulcan.sqlite.query_json({ sql = "SELECT count(*) AS n FROM t" }).rows)
end`,
  "count/runtime/forever.lua": "return function() while true do end end",
};

/** Calls, keeps, ends an endless loop, closes; the second start finds what the first has kept. */
const program = (library: string, options = "{}") => `
import { createRuntime, LuaSkillsError } from ${JSON.stringify(library)};
async function once(storage) {
  const runtime = await createRuntime({ inline: true, storage, skills: ${JSON.stringify(skill)}, ...${options} });
  const { content } = await runtime.call("count-up");
  const ended = await runtime.call("count-forever", {}, { timeoutMs: 200 }).catch((error) => error);
  const { environment, storage: { kind } } = runtime.capabilities;
  await runtime.close();
  return { content, ended: ended instanceof LuaSkillsError && ended.code, environment, kind };
}
export async function run(name) {
  const storage = { kind: "browser", name };
  return [await once(storage), await once(storage)];
}
`;

const answering = (scope: string) => `
${scope}.addEventListener("message", (event) => {
  const [port] = event.ports;
  const work = run(event.data).then((value) => port.postMessage({ value }), (error) => port.postMessage({ error: String(error) }));
  event.waitUntil?.(work);
});`;

/** Runs in the page: what `start` gives is asked once. */
const ask = (name: string, start: string) => `(async () => {
  const target = await ${start};
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  target.postMessage(${JSON.stringify(name)}, [port2]);
  return answer;
})()`;

const serviceWorker = (script: string, type: string) => `(async () => {
  const registration = await navigator.serviceWorker.register(${JSON.stringify(script)}, { type: ${JSON.stringify(type)}, scope: ${JSON.stringify(`${script}/`)} });
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  while (worker.state !== "activated") await new Promise((changed) => worker.addEventListener("statechange", changed, { once: true }));
  return worker;
})()`;

async function bundled(folder: string, name: string, format: Format, options: string): Promise<void> {
  await build({
    stdin: { contents: program("./dist/inline.js", options) + answering("self"), resolveDir: process.cwd() },
    outfile: path.join(folder, `${name}.js`),
    bundle: true,
    format,
    logLevel: "error",
    logOverride: { "empty-import-meta": "silent" },
  });
}

async function inOwnThread({ launch }: ScenarioContext): Promise<void> {
  const folder = path.resolve(".cache/inline");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await bundled(folder, "module", "esm", "{}");
  await bundled(folder, "classic", "iife", `{ wasm: { lua: "/lua.wasm", sqlite: "/sqlite3.wasm" } }`);
  const server = await serve({
    folders: { "/dist/": ["dist"], "/": [folder, "dist"] },
    handle(_request, response, { pathname }) {
      const text = pathname === "/worker.mjs" ? program("/dist/inline.js") + answering("self") : undefined;
      if (pathname !== "/blank.html" && text === undefined) return false;
      response
        .writeHead(200, { "content-type": text ? "text/javascript" : "text/html" })
        .end(text ?? "<!doctype html>");
      return true;
    },
  });
  try {
    const browser = await launch();
    await browser.go(`${server.origin}/blank.html`);
    for (const [name, start, kind] of [
      ["a module service worker", serviceWorker("/module.js", "module"), "indexeddb"],
      ["a classic service worker", serviceWorker("/classic.js", "classic"), "indexeddb"],
      ["a worker", `new Worker("/worker.mjs", { type: "module" })`, "opfs"],
    ] as const) {
      const answer = await browser.evaluate(ask(name.replaceAll(" ", "-"), start));
      const run = (n: number) => ({
        content: `[{"n":${n}}]`,
        ended: "deadline_exceeded",
        environment: "browser",
        kind,
      });
      assert.deepEqual(answer, { value: [run(1), run(2)] }, name);
    }
  } finally {
    await server.close();
  }
}

export const scenarios: readonly Scenario[] = [
  { name: "the engine runs inline in service workers and workers", engines: ["chromium"], run: inOwnThread },
];
