// npm run build: everything the package publishes, into dist/. Entry points come from entries.ts.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { BuildResult } from "esbuild";
import { bundle, bundleForBrowser, root } from "./bundle.ts";
import { copiedAssets, type Entry, entries } from "./entries.ts";
import { bundleWithLazyFiles } from "./lazy-files/bundle-lazy.ts";
import { writeThirdPartyLicences } from "./licences.ts";
import { shrinkSqliteMemory } from "./sqlite-memory.ts";

const dist = path.join(root, "dist");
const started = performance.now();
/** Everything third-party that went in; lua.wasm comes from wasmoon's. */
const inputs = new Set<string>(["node_modules/wasmoon/dist/glue.wasm"]);
const written = new Set(["types", "THIRD-PARTY-LICENSES.txt"]);

type Built = BuildResult<{ metafile: true; write: false }>;

async function write(results: readonly Built[]): Promise<void> {
  for (const { outputFiles, metafile } of results) {
    for (const file of outputFiles) {
      await writeFile(file.path, file.contents);
      written.add(path.basename(file.path));
    }
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
  }
}

const shared = { minify: true, legalComments: "none", outdir: dist, write: false } as const;
/** How each platform's files are made from `{ name, source }`. */
const bundlers: Record<Entry["platform"], (entry: Entry) => Promise<Built[]>> = {
  browser: (entry) => bundleWithLazyFiles(entry, shared),
  node: async ({ name, source, executable }) => [
    await bundle({
      ...shared,
      entryPoints: { [name]: source },
      platform: "node",
      target: ["node20"],
      packages: "external",
      minify: false,
      banner: executable ? { js: "#!/usr/bin/env node" } : {},
    }),
  ],
  workerd: async ({ name, source }) => [
    await bundleForBrowser({
      ...shared,
      entryPoints: { [name]: source },
      conditions: ["workerd", "worker", "browser", "import"],
      external: ["*.wasm", "cloudflare:workers"],
    }),
  ],
};

function run(label: string, command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) throw new Error(`${label} failed (exit ${result.status})`);
}

await mkdir(dist, { recursive: true });
run("build:wasm", process.execPath, ["scripts/run-ts.mjs", "scripts/wasm/main.ts"]);
for (const [file, from] of copiedAssets) await copyFile(path.join(root, from), path.join(dist, file));
const sqlite = path.join(dist, "sqlite3.wasm");
await writeFile(sqlite, shrinkSqliteMemory(await readFile(sqlite)));

const present = entries.filter((entry) => {
  const exists = existsSync(path.join(root, entry.source));
  if (!exists) console.warn(`skipped ${entry.name}: ${entry.source} does not exist`);
  return exists;
});
for (const entry of present) {
  await write(await bundlers[entry.platform](entry));
  if (entry.executable) await chmod(path.join(dist, `${entry.name}.js`), 0o755);
}
await writeThirdPartyLicences([...inputs], path.join(dist, "THIRD-PARTY-LICENSES.txt"));

// A stale entry of an earlier build must not be published.
for (const name of await readdir(dist)) {
  if (!name.endsWith(".wasm") && !written.has(name)) await rm(path.join(dist, name), { recursive: true });
}

const typed = present.filter((entry) => entry.subpath !== undefined);
const project = path.join(root, ".cache", "tsconfig.types.json");
await rm(path.join(dist, "types"), { recursive: true, force: true });
await mkdir(path.dirname(project), { recursive: true });
await writeFile(
  project,
  JSON.stringify({
    extends: "../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir: "../dist/types",
      rootDir: "..",
      stripInternal: true,
    },
    include: [],
    files: [
      ...typed.map((entry) => `../${entry.source}`),
      "../src/base/raw.d.ts",
      "../src/platforms/cloudflare/workers.d.ts",
    ],
  }),
);
run("tsc", process.execPath, ["node_modules/typescript/bin/tsc", "-p", project]);
console.log(`built ${present.length} entries in ${Math.round(performance.now() - started)} ms`);
