/** Our code as the modules of a Worker in miniflare. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { bundleForBrowser } from "../../scripts/build/bundle.ts";

/** What luaskills-wasm/cloudflare imports statically, without `.wasm`. */
export const workerWasm: readonly string[] = ["lua", "sqlite3", "trampolines", "vectors"];

/**
 * Bundles a Worker's entry as wrangler does: `.wasm` imports stay modules. `shipped`: minified and without a source map,
 * as it is deployed. The path of the file.
 */
export async function bundleWorker(entry: string, { shipped = false } = {}): Promise<string> {
  const outfile = path.resolve(".cache", "edge", `${entry.replaceAll(/[\\/]/g, "-").replace(/\.ts$/, "")}.mjs`);
  await bundleForBrowser({
    entryPoints: [entry],
    outfile,
    sourcemap: shipped ? false : "inline",
    minify: shipped,
    conditions: ["workerd", "worker", "browser", "import"],
    external: ["*.wasm", "cloudflare:workers"],
  });
  return outfile;
}

/** The `modules` of a Worker: a bundled script, and wasm files of dist/ beside it. */
export async function workerModules(script: string, wasm: readonly string[] = workerWasm) {
  return [
    { type: "ESModule" as const, path: "entry.mjs", contents: await readFile(script, "utf8") },
    ...(await Promise.all(
      wasm.map(async (name) => ({
        type: "CompiledWasm" as const,
        path: `${name}.wasm`,
        contents: await readFile(`dist/${name}.wasm`),
      })),
    )),
  ];
}

export const compatibilityDate = "2026-04-21";
