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

/** Modules with what the worker's files take, as the other entries have it: for a Cloudflare Worker, and for what only pages and Node reach. */
export const takenFiles = ["worker-taken", "page-taken"] as const;
export type TakenFile = (typeof takenFiles)[number];

/** A file of the worker for the other entries. */
export interface SharedFile {
  readonly metafile: Metafile;
  /** What it is made with. One that a Worker never asks for stands in a table that is not in the Worker's bundle, and neither is the file. */
  readonly table: TakenFile;
}

/** How much of a file may be in the package once more. */
const mostTwice = 0.2;
/** The entry of a Cloudflare Worker. */
const workerEntry = "src/platforms/cloudflare/index.ts";
/** Before it is minified: for less, what it takes would not be worth its place in a Worker. */
const leastBytes = 12_000;

/** Files of the worker for the other entries: name without `.js` → its modules. @param apart what those entries are without them */
export function sharedWithWorker(
  worker: LazyBundle,
  apart: { readonly metafile: Metafile },
): ReadonlyMap<string, SharedFile> {
  const { outputs } = apart.metafile;
  const byEntry = new Map(Object.entries(outputs).map(([file, { entryPoint }]) => [entryPoint, file]));
  const inWorker = reached(outputs, byEntry.get(workerEntry));
  const shared = new Map<string, SharedFile>();
  for (const [name, { metafile }] of worker.taking) {
    const file = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
    const twin = file && byEntry.get(file.entryPoint);
    if (file === undefined || twin === undefined) continue;
    const sizes = Object.entries(file.inputs).map(([module, { bytesInOutput }]) => ({ module, bytesInOutput }));
    const elsewhere = sizes.filter(({ module }) => !(module in (outputs[twin]?.inputs ?? {})));
    const sum = (list: typeof sizes) => list.reduce((bytes, each) => bytes + each.bytesInOutput, 0);
    if (sum(sizes) < leastBytes || sum(elsewhere) >= mostTwice * sum(sizes)) continue;
    shared.set(name, { metafile, table: inWorker.has(twin) ? "worker-taken" : "page-taken" });
  }
  return shared;
}

/** A chunk and all that it imports, at once or later. */
function reached(outputs: Metafile["outputs"], from: string | undefined): ReadonlySet<string> {
  if (from === undefined) throw new Error(`entries.ts has no ${workerEntry}`);
  const found = new Set([from]);
  // A Set's iteration goes on with what is added to it.
  for (const file of found) {
    for (const { path: imported } of outputs[file]?.imports ?? []) if (imported in outputs) found.add(imported);
  }
  return found;
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

/** Entries of their own, {@link takenFiles}: what the used files take, from where the other entries have it. */
export const takenEntries = ({ taken }: LazyBundle, tableOf: (file: string) => TakenFile | undefined): Plugin => ({
  name: "taken",
  setup(b) {
    b.onResolve({ filter: new RegExp(`^(?:${takenFiles.join("|")})$`) }, ({ path: name }) => ({
      path: name,
      namespace: "taken",
    }));
    b.onLoad({ filter: /.*/, namespace: "taken" }, ({ path: name }) => ({
      contents: taken.source(`export const ${takenName}`, (file) => tableOf(file) === name),
      resolveDir: root,
    }));
  },
});
