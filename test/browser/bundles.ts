/** Bundles of the page tests: `pages/*.page.ts` and the workers beside them, in `.cache/browser-tests/`. */
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { bundleForBrowser } from "../../scripts/build/bundle.ts";

export const bundleFolder = ".cache/browser-tests";

const pagesFolder = "test/browser/pages";

/** @returns names of the pages, e.g. `lua-room` for `lua-room.page.ts` */
export async function bundlePages(): Promise<string[]> {
  const files = await readdir(pagesFolder);
  const entries = files.filter((file) => file.endsWith(".page.ts") || file.endsWith(".worker.ts"));
  await rm(bundleFolder, { recursive: true, force: true });
  await bundleForBrowser({
    entryPoints: Object.fromEntries(entries.map((file) => [file.replace(/\.ts$/, ""), path.join(pagesFolder, file)])),
    outdir: bundleFolder,
    // As published: what a start does not need is not parsed with it, a hundred times on some pages.
    splitting: true,
  });
  return files.filter((file) => file.endsWith(".page.ts")).map((file) => file.replace(/\.page\.ts$/, ""));
}
