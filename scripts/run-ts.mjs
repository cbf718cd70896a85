// node scripts/run-ts.mjs <file.ts> [args...]: bundles one TypeScript entry (packages stay external) and runs it.
// Plain JavaScript, because nothing of ours can run before it; how TypeScript is bundled is told by build/bundle.ts alone.
import { rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const [entry, ...args] = process.argv.slice(2);
if (!entry) {
  console.error("usage: node scripts/run-ts.mjs <file.ts> [args...]");
  process.exit(2);
}
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const dir = path.join(root, ".cache", "run-ts");
await mkdir(dir, { recursive: true });
const output = (file) =>
  path.join(dir, `${path.relative(root, path.resolve(file)).replaceAll(/[\\/]/g, "_")}.${process.pid}.mjs`);
const asModule = { platform: "node", format: "esm", packages: "external", sourcemap: "inline" };

const bundler = output("bundler");
await build({ ...asModule, bundle: true, entryPoints: [path.join(root, "scripts/build/bundle.ts")], outfile: bundler });
const { bundle } = await import(pathToFileURL(bundler).href);
rmSync(bundler, { force: true });

const outfile = output(entry);
await bundle({ ...asModule, entryPoints: [path.resolve(entry)], outfile });
process.argv = [process.argv[0], entry, ...args];
process.on("exit", () => rmSync(outfile, { force: true }));
process.setSourceMapsEnabled(true);
await import(pathToFileURL(outfile).href);
