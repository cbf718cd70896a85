import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { bundleWithLazyFiles } from "./bundle-lazy.ts";

const folder = ".cache/lazy-files-test";
const out = path.resolve(folder, "out");

const sources = {
  "errors.ts": "export class Oops extends Error {} \nlet count = 0; export const next = () => ++count;",
  "own.ts": "export const own = 'only the lazy file has this';",
  "later.ts": "import { next } from './errors.ts'; export const last = () => next();",
  "late.ts": `import { next, Oops as Problem } from "./errors.ts"; import { own } from "./own.ts";
    export function fail() { next(); throw new Problem(own); }
    export const nested = async () => (await import("./later.ts")).last();`,
  "entry.ts": `import { next, Oops } from "./errors.ts";
    export async function run() {
      const { fail, nested } = await import("./late.ts");
      try { fail(); } catch (error) {
        return { same: error instanceof Oops, message: error.message, counts: [next(), await nested()] };
      }
    }`,
  "both.ts": `import { next } from "./errors.ts";
    export async function run() {
      const { nested } = await import("./late.ts");
      const { last } = await import("./later.ts");
      return [next(), await nested(), last()];
    }`,
  "aa.ts": "import { Oops } from './errors.ts'; export const make = () => new Oops();",
  "zz.ts": "import { next } from './errors.ts'; export const make = () => next();",
  "order.ts": `import { next, Oops } from "./errors.ts";
    export const run = () => [next, Oops, import("./zz.ts"), import("./aa.ts")];`,
  "early.ts": `import { next } from "./errors.ts"; export const run = () => next();`,
};

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(sources)) writeFileSync(path.join(folder, file), text);
  for (const name of ["entry", "both", "early"]) {
    const options = { minify: true, outdir: path.join(out, name), write: false } as const;
    mkdirSync(options.outdir, { recursive: true });
    const { results } = await bundleWithLazyFiles({ name, source: `${folder}/${name}.ts` }, options);
    for (const { outputFiles } of results) {
      for (const file of outputFiles ?? []) writeFileSync(file.path, file.contents);
    }
  }
  // Both are there before the first lazy file is fetched: a page may have several entries.
  await load("entry");
  await load("both");
});

const load = async (name: string) => import(/* @vite-ignore */ pathToFileURL(path.join(out, name, `${name}.js`)).href);
const filesOf = (name: string) =>
  readdirSync(path.join(out, name))
    .filter((file) => file.endsWith(".js"))
    .sort();

test("lazy files share the entry's modules, one class, one state, and fetch others through the entry", async () => {
  const { run } = (await load("entry")) as { run(): Promise<unknown> };
  expect(await run()).toEqual({ same: true, message: "only the lazy file has this", counts: [2, 3] });
});

test("what a lazy file and the entry both import dynamically is one file with one state", async () => {
  const { run } = (await load("both")) as { run(): Promise<unknown> };
  expect(await run()).toEqual([1, 2, 3]);
});

test("what is not imported dynamically makes no files", () => {
  expect(filesOf("early")).toEqual(["early.js"]);
  expect(filesOf("entry")).toEqual(["entry-lazy-files-test-late.js", "entry-lazy-files-test-later.js", "entry.js"]);
});

test("what lazy files take is numbered in the order of their names, so that two builds are the same", async () => {
  const options = { minify: true, outdir: path.join(out, "order"), write: false } as const;
  const { taken } = await bundleWithLazyFiles({ name: "order", source: `${folder}/order.ts` }, options);
  expect(taken.source("table")).toMatch(/Oops as m0[\s\S]*next as m1/);
});
