// The notices of the packages whose code is inside our bundles.
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./bundle.mjs";

const allowed = new Set(["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "(MIT OR Apache-2.0)"]);

/** `inputs`: file names of esbuild metafiles. @throws on a licence outside the allowed list, or a missing text */
export async function writeThirdPartyLicences(inputs, outfile) {
  const names = new Set(
    inputs.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.slice(1, 2) ?? []),
  );
  const parts = [];
  for (const name of [...names].sort()) {
    const folder = path.join(root, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    if (!allowed.has(license)) throw new Error(`${name}@${version} has the licence ${license}, which we do not bundle`);
    const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file
      ? await readFile(path.join(folder, file), "utf8")
      : `Licensed under ${license}, https://spdx.org/licenses/${license}.html`;
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  await writeFile(outfile, parts.join(`\n${"-".repeat(80)}\n\n`));
}
