// The site's data is cleared under a running engine: no write is acknowledged after that, and the next start begins anew.
import assert from "node:assert/strict";
import type { Scenario, ScenarioContext } from "../scenario.ts";
import { serve } from "../serve.ts";

type StorageKind = "opfs" | "indexeddb" | "browser";

/** An expression of what becomes of `work`, which knows `runtime`. */
const outcomes = (kind: StorageKind, work: readonly string[]) => `(async () => {
  const { createRuntime } = await import("/dist/index.js");
  const runtime = await createRuntime({ storage: { kind: "${kind}", name: "cleared-${kind}" } });
  const outcomes = [];
  for (const work of [${work.map((each) => `() => ${each}`).join(", ")}]) {
    outcomes.push(await work().then(() => "done", (error) => error.code + ": " + error.message));
  }
  await runtime.close();
  return outcomes;
})()`;
const write = (name: string) => `runtime.fs.write("/runtime/${name}", "text")`;

async function cleared({ launch }: ScenarioContext, kind: StorageKind): Promise<void> {
  const server = await serve({
    folders: { "/dist/": ["dist"] },
    handle(_request, response, { pathname }) {
      if (pathname === "/clear") response.writeHead(200, { "clear-site-data": '"storage"' }).end();
      else if (pathname === "/blank.html")
        response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
      else return false;
      return true;
    },
  });
  try {
    const browser = await launch();
    await browser.go(`${server.origin}/blank.html`);
    const under = [write("before"), 'fetch("/clear")', write("after"), write("again")];
    const [before, clear, after, again] = (await browser.evaluate(outcomes(kind, under))) as string[];
    assert.deepEqual([before, clear], ["done", "done"]);
    assert.match(after ?? "", /^storage_error: the site's data was cleared while .* was open; nothing of this commit/);
    assert.match(again ?? "", /^storage_error: /);
    // Chromium gives the locks of a page whose data was cleared to nobody else; a reload starts with new ones.
    await browser.go(`${server.origin}/blank.html`);
    const [old, fresh] = (await browser.evaluate(
      outcomes(kind, ['runtime.fs.readText("/runtime/before")', write("fresh")]),
    )) as string[];
    assert.match(old ?? "", /^not_found: /);
    assert.equal(fresh, "done");
  } finally {
    await server.close();
  }
}

export const scenarios: readonly Scenario[] = (["opfs", "indexeddb", "browser"] as const).map((kind) => ({
  name: `the site's data is cleared under a ${kind} store`,
  engines: ["chromium", "firefox"],
  run: (context) => cleared(context, kind),
}));
