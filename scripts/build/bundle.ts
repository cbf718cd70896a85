/**
 * The one place that knows how our TypeScript becomes JavaScript: esbuild options shared by the library build, the page
 * tests and run-ts.mjs.
 * @module
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BuildOptions, type BuildResult, build, type Plugin } from "esbuild";
import { justBashForPages, sqliteWithoutSiblings, stubNodeInPackages, zlibForShell } from "./browser-plugins.ts";
import { compactLua } from "./lua-text.ts";

/** The repository: the nearest folder with a package.json, also when this file is inside a bundle of run-ts.mjs. */
export const root = nearestPackage(path.dirname(fileURLToPath(import.meta.url)));

function nearestPackage(folder: string): string {
  return existsSync(path.join(folder, "package.json")) ? folder : nearestPackage(path.dirname(folder));
}

/** `import text from "./prelude.lua?raw"` gives the file's text, as in Vite. */
const rawText = (compact: boolean): Plugin => ({
  name: "raw-text",
  setup(b) {
    b.onResolve({ filter: /\?raw$/ }, (a) => ({
      path: path.resolve(a.resolveDir, a.path.slice(0, -"?raw".length)),
      namespace: "raw-text",
    }));
    b.onLoad({ filter: /.*/, namespace: "raw-text" }, async (a) => {
      const source = await readFile(a.path, "utf8");
      const contents = compact && a.path.endsWith(".lua") ? compactLua(source) : source;
      return { contents, loader: "text", watchFiles: [a.path] };
    });
  },
});

/** The sources look for the package's files in dist/, from where they lie; a bundle of them looks in `folder`. The first such plugin counts. */
export const packageFilesIn = (folder: string): Plugin => ({
  name: "package-files-in",
  setup(b) {
    b.onLoad(
      { filter: /(node[\\/](package-files|node-thread-link)|databases[\\/]sqlite[\\/]sqlite-process)\.ts$/ },
      async ({ path: file }) => {
        const text = await readFile(file, "utf8");
        return { contents: text.replaceAll(/"(?:\.\.\/)+dist\//g, `"${folder}/`), loader: "ts" };
      },
    );
  },
});

interface LuaOptions {
  /** Lua texts without comments and indentation. Default: with `minify`. */
  readonly compactLua?: boolean;
}

/** Bundles with the settings every artefact shares; `options` are esbuild's and win. */
export function bundle<T extends BuildOptions & LuaOptions>({
  compactLua: compact,
  ...options
}: T): Promise<BuildResult<T & { metafile: true }>> {
  const settings: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: ["es2022"], // below `using`: WebKit 2.50 does not parse it
    sourcemap: true,
    logLevel: "warning",
    metafile: true,
    ...options,
    plugins: [
      rawText(compact ?? options.minify === true),
      ...(options.plugins ?? []),
      packageFilesIn(pathToFileURL(path.join(root, "dist")).href),
    ],
  };
  return build(settings) as Promise<BuildResult<T & { metafile: true }>>;
}

/** As {@link bundle}, for code that runs in a page, a worker or an edge isolate without a bundler after us. */
export function bundleForBrowser<T extends BuildOptions & LuaOptions>(
  options: T,
): Promise<BuildResult<T & { metafile: true }>> {
  const settings: BuildOptions & LuaOptions = {
    platform: "browser",
    conditions: ["browser", "import"],
    ...options,
    plugins: [zlibForShell, justBashForPages, stubNodeInPackages, sqliteWithoutSiblings, ...(options.plugins ?? [])],
  };
  return bundle(settings as T);
}
