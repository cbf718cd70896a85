// Brotli sizes of what the package ships, held against the limits of entries.ts.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { root } from "./bundle.ts";
import { sizeLimits } from "./entries.ts";

const dist = path.join(root, "dist");
const files = (await readdir(dist)).filter((name) => /\.(js|wasm)$/.test(name)).sort();
const sizes = new Map<string, { raw: number; brotli: number }>();
for (const name of files) {
  const bytes = await readFile(path.join(dist, name));
  const options = {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  };
  sizes.set(name, { raw: bytes.length, brotli: brotliCompressSync(bytes, options).length });
}
const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`.padStart(11);
console.log(`${"dist/".padEnd(24)}${"raw".padStart(11)}${"brotli".padStart(11)}`);
for (const [name, { raw, brotli }] of sizes) console.log(`${name.padEnd(24)}${kb(raw)}${kb(brotli)}`);

let passed = 0;
for (const [what, files, limit] of sizeLimits) {
  const missing = files.filter((name) => !sizes.has(name));
  if (missing.length > 0) throw new Error(`not built: ${missing.join(", ")}`);
  const total = files.reduce((sum, name) => sum + (sizes.get(name)?.brotli ?? 0), 0);
  const fits = total <= limit;
  if (fits) passed++;
  console.log(`\n${what} (${files.join(" + ")}): ${kb(total).trim()} brotli, limit ${kb(limit).trim()}`);
  if (!fits) console.error("over the limit: look for a dependency that should load lazily");
}
console.log(`${passed} passed, ${sizeLimits.length - passed} failed`);
process.exitCode = passed === sizeLimits.length ? 0 : 1;
