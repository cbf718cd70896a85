/**
 * The notices of the packages whose code is inside our bundles.
 * @module
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./bundle.ts";

const allowed = new Set([
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "BlueOak-1.0.0",
  "(MIT OR Apache-2.0)",
  "(MIT AND Zlib)",
]);

/** What is inside lua.wasm besides wasmoon's build of it. */
const insideLuaWasm = `Lua 5.4 (MIT), in lua.wasm

Copyright (C) 1994-2022 Lua.org, PUC-Rio.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

The C library and run time in lua.wasm are Emscripten's (MIT, https://spdx.org/licenses/MIT.html) and musl's (MIT).
`;

/** `inputs`: file names of esbuild metafiles. @throws on a licence outside the allowed list, or a missing text */
export async function writeThirdPartyLicences(inputs: readonly string[], outfile: string): Promise<void> {
  const names = new Set(
    inputs.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.slice(1, 2) ?? []),
  );
  const parts = [insideLuaWasm];
  /** Licence text without its copyright lines → the package it was printed for. */
  const printed = new Map<string, string>();
  for (const name of [...names].sort()) {
    const folder = path.join(root, "node_modules", name);
    const manifest = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")) as Record<string, string>;
    const { version, license = "none" } = manifest;
    if (!allowed.has(license)) throw new Error(`${name}@${version} has the licence ${license}, which we do not bundle`);
    const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file
      ? await readFile(path.join(folder, file), "utf8")
      : `Licensed under ${license}, https://spdx.org/licenses/${license}.html`;
    const copyright = text.split("\n").filter((line) => /^\s*copyright\b.*\d{4}/i.test(line));
    const terms = text
      .split("\n")
      .filter((line) => !copyright.includes(line))
      .join("\n")
      .replaceAll(/\s+/g, " ")
      .trim();
    const first = printed.get(terms);
    if (first === undefined) printed.set(terms, name);
    const said =
      first === undefined ? text.trim() : `${copyright.join("\n")}\n\nThe terms are those printed for ${first}.`.trim();
    parts.push(`${name} ${version} (${license})\n\n${said}\n`);
  }
  await writeFile(outfile, parts.join(`\n${"-".repeat(80)}\n\n`));
}
