// npm run build: everything the package publishes, into dist/. Entry points come from entries.mjs.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { lazyAsSiblingFiles } from "./browser-plugins.mjs";
import { bundle, bundleForBrowser, root } from "./bundle.mjs";
import { copiedAssets, entries, lazyPackages } from "./entries.mjs";
import { writeThirdPartyLicences } from "./licences.mjs";

const dist = path.join(root, "dist");
const started = performance.now();
const inputs = new Set();
const written = new Set(["types", "THIRD-PARTY-LICENSES.txt"]);

/** Bundles and writes; collects what went in for the licence file. */
async function emit(options) {
  const make = options.platform === "node" ? bundle : bundleForBrowser;
  const result = await make({ minify: true, legalComments: "none", outdir: dist, write: false, ...options });
  for (const file of result.outputFiles) {
    await mkdir(path.dirname(file.path), { recursive: true });
    await writeFile(file.path, file.contents);
    written.add(path.basename(file.path));
  }
  for (const input of Object.keys(result.metafile.inputs)) inputs.add(input);
}

const platforms = {
  browser: { plugins: [lazyAsSiblingFiles(lazyPackages)] },
  node: { platform: "node", target: ["node20"], packages: "external", minify: false },
  workerd: { conditions: ["workerd", "worker", "browser", "import"], external: ["*.wasm"] },
};

function run(label, command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (result.status !== 0) throw new Error(`${label} failed (exit ${result.status})`);
}

await mkdir(dist, { recursive: true });
run("build:wasm", process.execPath, ["scripts/run-ts.mjs", "scripts/wasm/main.ts"]);
for (const [file, from] of copiedAssets) await copyFile(path.join(root, from), path.join(dist, file));

const present = entries.filter((entry) => {
  const exists = existsSync(path.join(root, entry.source));
  if (!exists) console.warn(`skipped ${entry.name}: ${entry.source} does not exist`);
  return exists;
});
for (const entry of present) {
  await emit({
    ...platforms[entry.platform],
    entryPoints: { [entry.name]: entry.source },
    banner: entry.executable ? { js: "#!/usr/bin/env node" } : {},
  });
  if (entry.executable) await chmod(path.join(dist, `${entry.name}.js`), 0o755);
}
for (const [name, file] of Object.entries(lazyPackages)) {
  await emit({
    ...platforms.browser,
    stdin: {
      contents: `export * from "${name}"; export { default } from "${name}";`,
      resolveDir: root,
      sourcefile: file,
    },
    outdir: undefined,
    outfile: path.join(dist, `${file}.js`),
  });
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
    files: [...typed.map((entry) => `../${entry.source}`), "../src/raw.d.ts"],
  }),
);
run("tsc", process.execPath, ["node_modules/typescript/bin/tsc", "-p", project]);
console.log(`built ${present.length} entries in ${Math.round(performance.now() - started)} ms`);
