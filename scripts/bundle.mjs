// The one place that knows how our TypeScript becomes JavaScript: esbuild options shared by the library build, the
// page tests and run-ts.mjs.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** `import text from "./prelude.lua?raw"` gives the file's text, as in Vite. */
const rawText = {
  name: "raw-text",
  setup(b) {
    b.onResolve({ filter: /\?raw$/ }, (a) => ({
      path: path.resolve(a.resolveDir, a.path.slice(0, -"?raw".length)),
      namespace: "raw-text",
    }));
    b.onLoad({ filter: /.*/, namespace: "raw-text" }, async (a) => ({
      contents: await readFile(a.path, "utf8"),
      loader: "text",
      watchFiles: [a.path],
    }));
  },
};

/** Bundles with the settings every artefact shares; `options` are esbuild's and win. */
export function bundle(options) {
  return build({
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: ["es2022"], // below `using`: WebKit 2.50 does not parse it
    sourcemap: true,
    logLevel: "warning",
    metafile: true,
    ...options,
    plugins: [rawText, ...(options.plugins ?? [])],
  });
}
