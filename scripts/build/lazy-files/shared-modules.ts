/**
 * What several lazy files import statically, and is too big to be in the package several times: a lazy file of its own, which
 * they fetch when they are.
 * @module
 */
import path from "node:path";
import type { Plugin } from "esbuild";
import { root } from "../bundle.ts";
import { type LazyFiles, lazyFileName } from "./lazy-imports.ts";

/** Packages, and modules of ours as paths from the root. */
const sharedModules: ReadonlySet<string> = new Set([
  "re2js",
  "yaml",
  "@cfworker/json-schema",
  "src/host/bundle/zlib-stream.ts",
]);

/** Static imports of them stay in the output as `from "./file.js"`, and the file is added to `lazy`. */
export const sharedFiles = (lazy: LazyFiles, prefix: string): Plugin => ({
  name: "shared-files",
  setup(b) {
    b.onResolve({ filter: /.*/ }, ({ kind, path: specifier, resolveDir, importer }) => {
      if (kind !== "import-statement" || importer.includes("node_modules")) return undefined;
      const own = specifier.startsWith(".");
      const target = own
        ? path.relative(root, path.resolve(resolveDir, specifier)).replaceAll(path.sep, "/")
        : specifier;
      if (!sharedModules.has(target)) return undefined;
      const file = (own ? prefix : "") + lazyFileName(target, own);
      lazy.set(file, target);
      return { path: `./${file}.js`, external: true };
    });
  },
});
