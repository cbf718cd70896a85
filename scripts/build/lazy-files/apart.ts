/**
 * An esbuild plugin for lazy files: what many of them import is not bundled into each, but fetched once, as a lazy file of its own.
 * They wait for it before they begin.
 * @module
 */
import path from "node:path";
import type { Plugin } from "esbuild";
import { root } from "../bundle.ts";
import { type LazyFiles, lazyFileName } from "./lazy-imports.ts";

/** Paths from the root, and packages. */
const apart: ReadonlySet<string> = new Set([
  "fflate",
  "re2js",
  "src/base/bytes/sha256.ts",
  "src/host/bundle/network/streams.ts",
  "src/net/fetch.ts",
  "src/base/text/linear-regexp/linear-regexp.ts",
  "src/skills/manifest/version.ts",
  "src/skills/yaml/yaml.ts",
  "src/vfs/archive/read-zip.ts",
]);

/**
 * @param made what the lazy file is made of: it brings itself, and a package is left as it is
 * @param needed takes the names of the files it waits for
 */
export const importsApart = (lazy: LazyFiles, prefix: string, made: string, needed: Set<string>): Plugin => ({
  name: "imports-apart",
  setup(b) {
    b.onResolve({ filter: /.*/ }, ({ kind, path: specifier, resolveDir }) => {
      if (kind !== "import-statement") return undefined;
      const own = specifier.startsWith(".");
      const target = own
        ? path.relative(root, path.resolve(resolveDir, specifier)).replaceAll(path.sep, "/")
        : specifier;
      if (!apart.has(target) || target === made || !made.endsWith(".ts")) return undefined;
      const file = (own ? prefix : "") + lazyFileName(target, own);
      lazy.set(file, target);
      needed.add(file);
      return { path: `apart:./${file}.js`, external: true };
    });
  },
});
