// Brotli sizes of what the package ships, held against the limits of entries.ts.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { root } from "./bundle.ts";
import { sizeLimits } from "./entries.ts";

const dist = path.join(root, "dist");
const files = (await readdir(dist)).filter((name) => /\.(js|wasm)$/.test(name)).sort();
const sizes = new Map<string, { raw: number; brotli: number }>();
const bytesOf = (name: string) => readFile(path.join(dist, name));
function brotli(bytes: Uint8Array): number {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return brotliCompressSync(bytes, { params }).length;
}
for (const name of files) {
  const bytes = await bytesOf(name);
  sizes.set(name, { raw: bytes.length, brotli: brotli(bytes) });
}

/** The scripts among `given` that have chunks, and all of their chunks. */
async function importedBy(given: readonly string[]): Promise<string[]> {
  const reached = new Set<string>();
  for (const name of given) if (name.endsWith(".js") && (await chunksOf(name)).length > 0) reached.add(name);
  // A Set's iteration goes on with what is added to it.
  for (const name of reached) for (const chunk of await chunksOf(name)) reached.add(chunk);
  return [...reached];
}

async function chunksOf(name: string): Promise<string[]> {
  const text = await readFile(path.join(dist, name), "utf8");
  return [...text.matchAll(/\b(?:from|import)\s*\(?"\.\/([\w.-]+\.js)"/g)].flatMap(([, chunk = ""]) => chunk);
}
const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`.padStart(11);
console.log(`${"dist/".padEnd(24)}${"raw".padStart(11)}${"brotli".padStart(11)}`);
for (const [name, { raw, brotli }] of sizes) console.log(`${name.padEnd(24)}${kb(raw)}${kb(brotli)}`);

let passed = 0;
for (const [what, given, limit] of sizeLimits) {
  const missing = given.filter((name) => !sizes.has(name));
  if (missing.length > 0) throw new Error(`not built: ${missing.join(", ")}`);
  const chunks = await importedBy(given);
  // What imports them makes one file of a script and its chunks.
  const scripts = chunks.length === 0 ? 0 : brotli(Buffer.concat(await Promise.all(chunks.map(bytesOf))));
  const total = given.reduce(
    (sum, name) => sum + (chunks.includes(name) ? 0 : (sizes.get(name)?.brotli ?? 0)),
    scripts,
  );
  const fits = total <= limit;
  if (fits) passed++;
  console.log(`\n${what} (${given.join(" + ")}): ${kb(total).trim()} brotli, limit ${kb(limit).trim()}`);
  if (!fits) console.error("over the limit: look for a dependency that should load lazily");
}
console.log(`${passed} passed, ${sizeLimits.length - passed} failed`);
process.exitCode = passed === sizeLimits.length ? 0 : 1;
