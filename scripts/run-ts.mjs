// node scripts/run-ts.mjs <file.ts> [args...]: bundles one TypeScript entry (packages stay external) and runs it.
import { rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, root } from "./bundle.mjs";

const [entry, ...args] = process.argv.slice(2);
if (!entry) {
  console.error("usage: node scripts/run-ts.mjs <file.ts> [args...]");
  process.exit(2);
}
const dir = path.join(root, ".cache", "run-ts");
await mkdir(dir, { recursive: true });
const outfile = path.join(
  dir,
  `${path.relative(root, path.resolve(entry)).replaceAll(/[\\/]/g, "_")}.${process.pid}.mjs`,
);
await bundle({
  entryPoints: [path.resolve(entry)],
  outfile,
  platform: "node",
  packages: "external",
  sourcemap: "inline",
});
process.argv = [process.argv[0], entry, ...args];
process.on("exit", () => rmSync(outfile, { force: true }));
process.setSourceMapsEnabled(true);
await import(pathToFileURL(outfile).href);
