import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { connectRuntime } from "../../../src/http/client/connect-runtime.ts";
import type { App } from "../../browser/consumers/app.ts";
import { fetchInto } from "../cloudflare/start.ts";
import { compatibilityDate, workerWasm } from "../workerd.ts";
import { useServer } from "./use-server.ts";

/** Bundled as wrangler does it: `.wasm` imports become modules of the Worker. */
export async function cloudflare(app: App): Promise<void> {
  const out = path.join(app.folder, "out");
  mkdirSync(out);
  await build({
    absWorkingDir: app.folder,
    entryPoints: ["src/worker.ts"],
    outfile: path.join(out, "worker.js"),
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser", "import"],
    external: ["*.wasm", "cloudflare:workers"],
    loader: { ".lua": "text", ".yaml": "text" },
    logLevel: "error",
  });
  const dist = path.join(app.folder, "node_modules", "luaskills-wasm", "dist");
  const wasm = workerWasm.map((name) => `${name}.wasm`);
  for (const name of wasm) copyFileSync(path.join(dist, name), path.join(out, name));
  const worker = new Miniflare({
    modulesRoot: out,
    modules: [
      {
        type: "ESModule",
        path: path.join(out, "worker.js"),
        contents: readFileSync(path.join(out, "worker.js"), "utf8"),
      },
      ...wasm.map((name) => ({ type: "CompiledWasm" as const, path: path.join(out, name) })),
    ],
    compatibilityDate,
    bindings: { TOKENS: "alice:secret,bob:other" },
    durableObjects: { AGENTS: { className: "Agent", useSQLite: true } },
  });
  try {
    const inside = { fetch: fetchInto(worker) };
    await useServer("http://agents.test", "secret", inside);
    const runtime = await connectRuntime("http://agents.test", {
      ...inside,
      headers: { authorization: "Bearer other" },
    });
    for (const count of ["1", "2"]) assert.equal((await runtime.call("tally-add")).content, count);
    await runtime.close();
  } finally {
    await worker.dispose();
  }
}
