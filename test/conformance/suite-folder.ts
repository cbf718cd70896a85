import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Suite } from "./case-format.ts";
import { parseSuite } from "./parse-suite.ts";

/** Every suite of a folder, in file order. @throws Error when there is none or one is broken. */
export async function loadSuites(dir: string): Promise<Suite[]> {
  const files = (await yamlFiles(dir)).sort();
  if (files.length === 0)
    throw new Error(`${dir} holds no *.yaml suites; run "npm run conformance:sync" or give --dir`);
  return Promise.all(
    files.map(async (file) => parseSuite(file.replace(/\.yaml$/, ""), await readFile(path.join(dir, file), "utf8"))),
  );
}

/** Names of the suites in which a present original differs from the committed copy. */
export async function staleSuites(original: string, copy: string): Promise<string[]> {
  if (!existsSync(original)) return [];
  const names = new Set([...(await yamlFiles(original)), ...(await yamlFiles(copy))]);
  const differing = await Promise.all(
    [...names].map(async (name) => ((await content(original, name)) === (await content(copy, name)) ? [] : [name])),
  );
  return differing.flat().sort();
}

async function yamlFiles(dir: string): Promise<string[]> {
  return existsSync(dir) ? (await readdir(dir)).filter((name) => name.endsWith(".yaml")) : [];
}

async function content(dir: string, name: string): Promise<string | undefined> {
  const file = path.join(dir, name);
  return existsSync(file) ? readFile(file, "utf8") : undefined;
}
