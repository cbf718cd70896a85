/**
 * An esbuild plugin that collects what is imported dynamically, and leaves the calls in the output as `import("./file.js")`.
 * @module
 */
import path from "node:path";
import type { Plugin } from "esbuild";
import { root } from "../bundle.ts";

/** File name without `.js` → what is in it: a path from the root, or a package. */
export type LazyFiles = Map<string, string>;

/** `prefix`: begins the names of files with modules of ours. */
export const lazyImports = (lazy: LazyFiles, prefix: string): Plugin => ({
  name: "lazy-imports",
  setup(b) {
    b.onResolve({ filter: /.*/ }, ({ kind, path: specifier, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const own = specifier.startsWith(".");
      const target = own ? path.relative(root, path.resolve(resolveDir, specifier)) : specifier;
      const file = (own ? prefix : "") + lazyFileName(target, own);
      if ((lazy.get(file) ?? target) !== target) throw new Error(`two lazy files are called ${file}.js: ${target}`);
      lazy.set(file, target);
      return { path: `./${file}.js`, external: true };
    });
  },
});

/** `src/vectors/embedded-lancedb.ts` → `vectors-embedded-lancedb`, `src/skills/load/load-present.ts` → `skills-load-present`, `@scope/name` → `name`, `name/part` → `name-part`. */
export function lazyFileName(target: string, own: boolean): string {
  const segments = target
    .replace(/\.ts$/, "")
    .replace(/^@[^/]+\//, "")
    .split("/")
    .slice(own ? 1 : 0);
  return segments.filter((name, i) => !segments[i + 1]?.startsWith(name)).join("-");
}
