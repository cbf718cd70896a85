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
  "src/host/bundle/streams.ts",
  "src/host/bundle/zlib-stream.ts",
  "src/net/fetch.ts",
]);

/** Packages among themselves; and what the first load of a skill needs comes in one file. */
const exempt = /node_modules|[\\/]src[\\/]skills[\\/]/;

/** Static imports of them stay in the output as `from "./file.js"`, and the file is added to `lazy`. */
export const sharedFiles = (lazy: LazyFiles, prefix: string): Plugin => ({
  name: "shared-files",
  setup(b) {
    b.onResolve({ filter: /.*/ }, ({ kind, path: specifier, resolveDir, importer }) => {
      if (kind !== "import-statement" || exempt.test(importer)) return undefined;
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
