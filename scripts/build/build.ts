// npm run build: everything the package publishes, into dist/. Entry points come from entries.ts.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";
import { bundleForBrowser, packageFilesIn, root } from "./bundle.ts";
import { copiedAssets, type Entry, entries } from "./entries.ts";
import { filesOfPages, sharedWithWorker, type TakenFile, takenEntries, takenFiles } from "./files-of-pages.ts";
import { type Bundled, bundleWithLazyFiles, type LazyBundle } from "./lazy-files/bundle-lazy.ts";
import { asChunk } from "./lazy-files/rewrites.ts";
import { refuseSharedState } from "./lazy-files/shared-state.ts";
import { writeThirdPartyLicences } from "./licences.ts";
import { shrinkSqliteMemory } from "./sqlite-memory.ts";
import { meterSqlite } from "./sqlite-meter.ts";
import { writeTypes } from "./types.ts";

const dist = path.join(root, "dist");
const started = performance.now();
/** Everything third-party that went in; lua.wasm comes from wasmoon's. */
const inputs = new Set<string>(["node_modules/wasmoon/dist/glue.wasm"]);
const written = new Set(["types", "THIRD-PARTY-LICENSES.txt"]);
/** Of the JavaScript files: what lazy files take is numbered for one entry. */
const texts = new Map<string, string>();

type Built = Bundled;

async function write(results: readonly Built[], rewritten: (text: string) => string = (text) => text): Promise<void> {
  for (const { outputFiles, metafile } of results) {
    for (const file of outputFiles) {
      // Maps stay out of the package, and nothing in it may point at them.
      const published = file.path.endsWith(".js")
        ? rewritten(file.text.replace(/\n\/\/# sourceMappingURL=.*\n?$/, "\n"))
        : undefined;
      const name = path.basename(file.path);
      if (published !== undefined) {
        if ((texts.get(name) ?? published) !== published) throw new Error(`two entries write different files ${name}`);
        texts.set(name, published);
      }
      await writeFile(file.path, published ?? file.contents);
      written.add(name);
    }
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
  }
}

const shared = {
  minify: true,
  legalComments: "none",
  outdir: dist,
  write: false,
  // On a line of its own: a tool that takes the rest of a minified line for a comment still sees a module.
  footer: { js: "export {};" },
} as const;
/** CommonJS inside a module (commander): what it requires of Node is imported. */
const requiredBuiltins: Plugin = {
  name: "required-builtins",
  setup(b) {
    b.onResolve({ filter: /^node:/ }, ({ kind, path: name }) =>
      kind === "require-call" ? { path: name, namespace: "required-builtin" } : undefined,
    );
    b.onLoad({ filter: /.*/, namespace: "required-builtin" }, ({ path: name }) => ({
      contents: `export * from ${JSON.stringify(name)}; export { default } from ${JSON.stringify(name)};`,
    }));
  },
};

/** An entry with a package of its own is loaded by the others as the file it becomes. */
const separateEntries: Plugin = {
  name: "separate-entries",
  setup(b) {
    const files = new Map(
      entries.filter(({ includes }) => includes).map(({ name, source }) => [path.join(root, source), `./${name}.js`]),
    );
    b.onResolve({ filter: /^\.\.?\// }, ({ kind, path: name, resolveDir }) => {
      const file = files.get(path.resolve(resolveDir, name));
      return kind === "dynamic-import" && file !== undefined ? { path: file, external: true } : undefined;
    });
  },
};

/** Packages that stay the user's: those that are installed with ours, and the optional ones. */
const manifest = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));
const outside = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).flatMap((name) => [
  name,
  `${name}/*`,
]);

function without(included: string | undefined): string[] {
  return outside.filter((each) => each !== included && each !== `${included}/*`);
}

/** The SDK of MCP checks answers of users with a validator of its own choice; the package has one already. */
const oneValidator: Plugin = {
  name: "one-validator",
  setup(b) {
    b.onLoad({ filter: /modelcontextprotocol[\\/]sdk[\\/]dist[\\/]esm[\\/]validation[\\/]ajv-provider\.js$/ }, () => ({
      contents: 'export { CfWorkerJsonSchemaValidator as AjvJsonSchemaValidator } from "./cfworker-provider.js";',
    }));
  },
};

/**
 * The entries for Node, Deno, Bun and Workers share their chunks. Packages go in as their browser builds: those are modules
 * that any bundler can follow, and nobody has to install (or be warned about) what we use.
 */
function bundleWithChunks(sharing: readonly Entry[], plugins: readonly Plugin[], included?: string): Promise<Built> {
  return bundleForBrowser({
    ...shared,
    entryPoints: Object.fromEntries(sharing.map(({ name, source }) => [name, source])),
    splitting: true,
    chunkNames: "shared-[name]-[hash]",
    external: ["node:*", "*.wasm", "cloudflare:workers", ...without(included)],
    plugins: [separateEntries, requiredBuiltins, packageFilesIn("."), oneValidator, ...plugins],
  });
}

/** The entries with chunks, and the files of the worker that they use as well. */
async function writeSharing(sharing: readonly Entry[], worker: LazyBundle): Promise<void> {
  const plain = (file: string) => texts.has(`${file}.js`) && !taking.has(file);
  const together = sharing.filter(({ includes }) => includes === undefined);
  const parts =
    worker.taken.size > 0 ? takenFiles.map((name) => ({ name, source: name, platform: "shared" }) as const) : [];
  const bundled = (tableOf: (file: string) => TakenFile | undefined) =>
    bundleWithChunks(
      [...together, ...parts],
      [takenEntries(worker, tableOf), filesOfPages((file) => plain(file) || tableOf(file) !== undefined, outside)],
    );
  const both = sharedWithWorker(worker, await bundled(() => undefined));
  const tableOf = (file: string) => both.get(file)?.table;
  const result = await bundled(tableOf);
  refuseSharedState([result, ...both.values()]);
  await write([result], (text) => asChunk(text, tableOf));
  for (const entry of sharing) {
    if (entry.includes) await write([await bundleWithChunks([entry], [filesOfPages(plain, outside)], entry.includes)]);
  }
}

/** The page that `luaskills-wasm dev` serves; the package's own files lie beside it. */
async function writeDevPage(): Promise<void> {
  const beside: Plugin = {
    name: "package-beside",
    setup(b) {
      b.onResolve({ filter: /^luaskills-wasm$/ }, () => ({ path: "./index.js", external: true }));
    },
  };
  const page = await bundleForBrowser({
    ...shared,
    entryPoints: { "dev-page": "demo/dev/main.tsx" },
    jsx: "automatic",
    jsxImportSource: "preact",
    sourcemap: false,
    plugins: [beside],
  });
  await write([page]);
  await copyFile(path.join(root, "demo/dev/page.html"), path.join(dist, "dev-page.html"));
  written.add("dev-page.html");
}

function run(label: string, command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) throw new Error(`${label} failed (exit ${result.status})`);
}

await mkdir(dist, { recursive: true });
run("build:wasm", process.execPath, ["scripts/run-ts.mjs", "scripts/wasm/main.ts"]);
for (const [file, from] of copiedAssets) await copyFile(path.join(root, from), path.join(dist, file));
const sqlite = path.join(dist, "sqlite3.wasm");
await writeFile(sqlite, meterSqlite(shrinkSqliteMemory(await readFile(sqlite))));

const present = entries.filter((entry) => {
  const exists = existsSync(path.join(root, entry.source));
  if (!exists) console.warn(`skipped ${entry.name}: ${entry.source} does not exist`);
  return exists;
});
/** Files that only the entry they were made for can make. */
const taking = new Set<string>();
const alone = present.filter(({ platform }) => platform === "browser");
let worker: LazyBundle | undefined;
for (const entry of alone) {
  const made = await bundleWithLazyFiles(entry, shared);
  await write(made.results);
  for (const file of made.taking.keys()) taking.add(file);
  if (entry.name === "worker") worker = made;
}
if (worker === undefined) throw new Error("entries.ts has no worker");
await writeSharing(
  present.filter(({ platform }) => platform !== "browser"),
  worker,
);
await writeDevPage();
for (const { name, executable } of present) if (executable) await chmod(path.join(dist, `${name}.js`), 0o755);
await writeThirdPartyLicences([...inputs], path.join(dist, "THIRD-PARTY-LICENSES.txt"));

// A stale entry of an earlier build must not be published.
for (const name of await readdir(dist)) {
  if (!name.endsWith(".wasm") && !written.has(name)) await rm(path.join(dist, name), { recursive: true });
}

await writeTypes(
  present.filter(({ subpath }) => subpath !== undefined).map(({ source }) => source),
  path.join(dist, "types"),
);
console.log(`built ${present.length} entries in ${Math.round(performance.now() - started)} ms`);
