// A runtime fetches the files of what it uses, and of nothing else.
import assert from "node:assert/strict";
import type { Scenario, ScenarioContext } from "../scenario.ts";
import { serve } from "../serve.ts";

/** What belongs to which part of the package, by file name. */
const families: Readonly<Record<string, RegExp>> = {
  genx: /^genx/,
  modules: /^(engine-modules|host-modules)/,
  bundle: /^host-bundle-(?!loaders)/,
  shell: /shell|just-bash/,
  ffi: /^(ffi|trampolines)/,
  bridge: /bridge/,
  vectors: /^(vectors|apache-arrow)/,
  sqlite: /^sqlite/,
  grants: /^(engine-)?policy/,
};

interface Use {
  readonly options: string;
  readonly does: string;
  readonly fetches: readonly string[];
}

const uses: Readonly<Record<string, Use>> = {
  nothing: { options: "{}", does: `runtime.runLua("return 1")`, fetches: [] },
  files: {
    options: "{}",
    does: `runtime.runLua("vulcan.fs.write('/runtime/a', vulcan.json.encode({ 1 })) return vulcan.fs.read('/runtime/a')")`,
    fetches: [],
  },
  "a module": {
    options: `{ modules: ["json"], grants: { "*": ["json"] } }`,
    does: `runtime.runLua("return require('json').encode({ 1 })")`,
    fetches: ["modules", "grants"],
  },
  genx: {
    options: `{ modules: ["genx"], grants: { "*": ["genx"] } }`,
    does: `runtime.runLua("return __builtin.json_encode({ 1 })")`,
    fetches: ["genx", "modules", "grants"],
  },
  "a package of Lua's bundle": {
    options: "{}",
    does: `runtime.runLua("return require('cjson').encode({ 1 })")`,
    fetches: ["bundle"],
  },
  "a shell": {
    options: "{}",
    // gzip and expressions, too: what they take from Node or from a package has another place in a page.
    does: `runtime.shell("echo 1 | gzip -c | gunzip -c | grep -E '^(1|2)$'").then(({ stdout, stderr }) => {
      if (stdout !== "1\\n") throw new Error(stdout + stderr);
    })`,
    fetches: ["shell"],
  },
  ffi: { options: "{}", does: `runtime.runLua("return require('ffi').sizeof('int')")`, fetches: ["ffi"] },
  "a bridge": {
    options: `{ process: { kind: "bridge", url: "http://127.0.0.1:9", token: "0".repeat(43) } }`,
    does: `runtime.runLua("return vulcan.process.exec({ program = 'true' })").catch(() => 0)`,
    fetches: ["bridge"],
  },
};

async function onlyWhatIsUsed({ launch }: ScenarioContext): Promise<void> {
  const fetched = new Set<string>();
  const server = await serve({
    isolated: true,
    folders: { "/dist/": ["dist"] },
    handle(_request, response, { pathname }) {
      if (pathname.startsWith("/dist/") && !pathname.endsWith(".map")) fetched.add(pathname.slice("/dist/".length));
      if (pathname !== "/blank.html") return false;
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
      return true;
    },
  });
  try {
    const browser = await launch();
    for (const [name, { options, does, fetches }] of Object.entries(uses)) {
      await browser.go(`${server.origin}/blank.html`);
      fetched.clear();
      await browser.evaluate(`(async () => {
        const { createRuntime } = await import("/dist/index.js");
        const runtime = await createRuntime({ storage: { kind: "memory" }, ...${options} });
        try { await ${does}; } finally { await runtime.close(); }
      })()`);
      assert.ok(fetched.has("index.js") && fetched.has("worker.js"), `${name}: nothing was counted`);
      const seen = Object.keys(families).filter((family) => [...fetched].some((file) => families[family]?.test(file)));
      assert.deepEqual(seen.sort(), [...fetches].sort(), `${name} fetched ${[...fetched].join(", ")}`);
    }
  } finally {
    await server.close();
  }
}

export const scenarios: readonly Scenario[] = [
  { name: "a runtime fetches what it uses and nothing else", engines: ["chromium"], run: onlyWhatIsUsed },
];
