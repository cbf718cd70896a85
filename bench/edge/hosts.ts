import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { Miniflare } from "miniflare";
import { bundle, bundleForBrowser } from "../../scripts/build/bundle.ts";
import { createNodeRuntime } from "../../src/platforms/node/node.ts";
import { launch } from "../../test/browser/engines/launch.ts";
import { serve } from "../../test/browser/serve.ts";
import { bundleWorker, compatibilityDate, workerModules } from "../../test/edge/workerd.ts";
import { type Kind, worker } from "./work.ts";

export interface Host {
  readonly name: string;
  /** What `worker` answers there. */
  run(kind: Kind, n: number): Promise<readonly number[]>;
  close(): Promise<unknown>;
}

const outdir = path.resolve(".cache", "bench", "edge");

export async function nodeHost(): Promise<Host> {
  const dist = path.resolve("dist");
  const wasm = { lua: `${dist}/lua.wasm`, sqlite: `${dist}/sqlite3.wasm` };
  return { name: "Node", run: worker((options) => createNodeRuntime({ ...options, wasm })), close: async () => {} };
}

export async function workerdHost(): Promise<Host> {
  const modules = await workerModules(await bundleWorker("bench/edge/workerd-entry.ts", { shipped: true }));
  const miniflare = new Miniflare({ modules, compatibilityDate });
  const url = await miniflare.ready;
  return {
    name: "workerd",
    run: async (kind, n) => {
      const response = await fetch(new URL(`/?kind=${kind}&n=${n}`, url));
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as number[];
    },
    close: () => miniflare.dispose(),
  };
}

export async function denoHost(): Promise<Host> {
  const outfile = path.join(outdir, "deno.mjs");
  await bundle({ entryPoints: ["bench/edge/deno-entry.ts"], outfile, platform: "node", packages: "external" });
  const child = spawn(
    "node_modules/.bin/deno",
    ["run", "--quiet", "--no-prompt", "-A", outfile, path.resolve("dist")],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const waiting: Array<(answer: readonly number[]) => void> = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(JSON.parse(line) as number[]));
  return {
    name: "Deno",
    run: (kind, n) =>
      new Promise((resolve) => {
        waiting.push(resolve);
        child.stdin.write(`${kind} ${n}\n`);
      }),
    close: async () => child.kill(),
  };
}

/** The whole way of a page: runtime in a worker, calls by message. */
export async function chromiumHost(): Promise<Host> {
  await bundleForBrowser({
    stdin: {
      contents: `import { createRuntime } from "/dist/index.js"; import { worker } from "./bench/edge/work.ts";
        globalThis.work = worker((options) => createRuntime({ ...options, storage: { kind: "memory" } }));`,
      resolveDir: process.cwd(),
    },
    outfile: path.join(outdir, "page.js"),
    external: ["/dist/*"],
  });
  const server = await serve({
    folders: { "/bench/": [outdir], "/dist/": ["dist"] },
    handle(_request, response, url) {
      if (url.pathname !== "/") return false;
      response.writeHead(200, { "content-type": "text/html" });
      response.end(`<!doctype html><title>bench</title><script type="module" src="/bench/page.js"></script>`);
      return true;
    },
  });
  const browser = await launch("chromium");
  await browser.go(server.origin);
  return {
    name: "Chromium",
    run: async (kind, n) => (await browser.evaluate(`work("${kind}", ${n})`)) as number[],
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
