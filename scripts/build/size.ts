// Brotli sizes held against the limits of entries.ts; without --limits also a table of every file that the package ships.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { root } from "./bundle.ts";
import { sizeLimits } from "./entries.ts";

const dist = path.join(root, "dist");
const files = (await readdir(dist)).filter((name) => /\.(js|wasm)$/.test(name)).sort();
const bytesOf = (name: string) => readFile(path.join(dist, name));
function brotli(bytes: Uint8Array): number {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).length;
}
async function sizeOf(name: string): Promise<{ raw: number; brotli: number }> {
  const bytes = await bytesOf(name);
  return { raw: bytes.length, brotli: brotli(bytes) };
}

/** A script with chunks as whoever uses it bundles it: one file, what is not used left out. Undefined for one without. */
async function bundled(name: string): Promise<number | undefined> {
  if (!/\b(?:from|import)\s*\(?"\.\/[\w.-]+\.js"/.test(await readFile(path.join(dist, name), "utf8"))) return undefined;
  const { outputFiles } = await build({
    entryPoints: [path.join(dist, name)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    packages: "external",
    external: ["*.wasm"],
    logLevel: "error",
  });
  return outputFiles.reduce((sum, { contents }) => sum + brotli(contents), 0);
}
const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`.padStart(11);
if (!process.argv.includes("--limits")) {
  console.log(`${"dist/".padEnd(24)}${"raw".padStart(11)}${"brotli".padStart(11)}`);
  for (const name of files) {
    const { raw, brotli } = await sizeOf(name);
    console.log(`${name.padEnd(24)}${kb(raw)}${kb(brotli)}`);
  }
}

let passed = 0;
for (const [what, given, limit] of sizeLimits) {
  const missing = given.filter((name) => !files.includes(name));
  if (missing.length > 0) throw new Error(`not built: ${missing.join(", ")}`);
  let total = 0;
  for (const name of given) {
    total += (name.endsWith(".js") ? await bundled(name) : undefined) ?? (await sizeOf(name)).brotli;
  }
  const fits = total <= limit;
  if (fits) passed++;
  console.log(`\n${what} (${given.join(" + ")}): ${kb(total).trim()} brotli, limit ${kb(limit).trim()}`);
  if (!fits) console.error("over the limit: look for a dependency that should load lazily");
}
console.log(`${passed} passed, ${sizeLimits.length - passed} failed`);
process.exitCode = passed === sizeLimits.length ? 0 : 1;
