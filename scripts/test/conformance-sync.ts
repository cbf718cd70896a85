// npm run conformance:sync: copies ../shared/conformance (suites and README) into test/conformance/cases, and removes what
// is gone there. The copy is committed, so that a clone runs the cases without the shared folder.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../build/bundle.ts";

const from = path.resolve(root, "../shared/conformance");
const to = path.join(root, "test/conformance/cases");
if (!existsSync(from)) {
  console.error(`${from} does not exist: the committed copy in ${path.relative(root, to)} stays as it is`);
  process.exit(1);
}
const wanted = (await readdir(from)).filter((name) => name.endsWith(".yaml") || name === "README.md");
await mkdir(to, { recursive: true });
for (const name of await readdir(to)) {
  if (!wanted.includes(name)) await rm(path.join(to, name));
}
// Content only: the originals may be read-only, and the mode would come along.
for (const name of wanted) await writeFile(path.join(to, name), await readFile(path.join(from, name)));
console.log(`${wanted.length} files copied to ${path.relative(root, to)}`);
