/**
 * Files that a page fetches later are the same ones for Node, Deno, Bun and Workers, and in the package once: packages, modules of
 * ours that take nothing from the entry they were made for, and those whose own modules nothing else there has.
 * @module
 */
import path from "node:path";
import type { Metafile, Plugin } from "esbuild";
import { root } from "./bundle.ts";
import type { LazyBundle } from "./lazy-files/bundle-lazy.ts";
import { lazyFileName } from "./lazy-files/lazy-imports.ts";
import { takenName } from "./lazy-files/taken.ts";

/** The module with what the worker's files take, as the other entries have it. */
export const takenFile = "worker-taken";

/** How much of a file may be in the package once more. */
const mostTwice = 0.2;
/** Before it is minified: for less, what it takes would not be worth its place in a Worker. */
const leastBytes = 12_000;

/** Files of the worker for the other entries: name without `.js` → its modules. @param apart what those entries are without them */
export function sharedWithWorker(
  worker: LazyBundle,
  apart: { readonly metafile: Metafile },
): ReadonlyMap<string, { readonly metafile: Metafile }> {
  const chunks = Object.values(apart.metafile.outputs);
  return new Map(
    [...worker.taking].filter(([, { metafile }]) => {
      const [file] = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
      const twin = chunks.find(({ entryPoint }) => entryPoint !== undefined && entryPoint === file?.entryPoint);
      if (file === undefined || twin === undefined) return false;
      const sizes = Object.entries(file.inputs).map(([module, { bytesInOutput }]) => ({ module, bytesInOutput }));
      const elsewhere = sizes.filter(({ module }) => !(module in twin.inputs));
      const sum = (list: typeof sizes) => list.reduce((bytes, each) => bytes + each.bytesInOutput, 0);
      return sum(sizes) >= leastBytes && sum(elsewhere) < mostTwice * sum(sizes);
    }),
  );
}

/** @param has whether a lazy file of that name, without `.js`, can be used as it is @param outside packages that stay imports */
export const filesOfPages = (has: (file: string) => boolean, outside: readonly string[]): Plugin => ({
  name: "files-of-pages",
  setup(b) {
    b.onResolve({ filter: /.*/ }, ({ kind, path: name, resolveDir }) => {
      const own = name.startsWith(".");
      if (kind === "entry-point" || outside.includes(name) || (own && kind !== "dynamic-import")) return undefined;
      const target = own ? path.relative(root, path.resolve(resolveDir, name)).replaceAll(path.sep, "/") : name;
      const file = lazyFileName(target, own);
      return has(file) ? { path: `./${file}.js`, external: true } : undefined;
    });
  },
});

/** An entry of its own, {@link takenFile}: what the used files take, from where the other entries have it. */
export const takenEntry = ({ taken }: LazyBundle, uses: (file: string) => boolean): Plugin => ({
  name: takenFile,
  setup(b) {
    b.onResolve({ filter: new RegExp(`^${takenFile}$`) }, ({ path: name }) => ({ path: name, namespace: takenFile }));
    b.onLoad({ filter: /.*/, namespace: takenFile }, () => ({
      contents: taken.source(`export const ${takenName}`, uses),
      resolveDir: root,
    }));
  },
});
