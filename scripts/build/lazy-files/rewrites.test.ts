import { expect, test } from "vitest";
import { lazyFileName } from "./lazy-imports.ts";
import { asChunk, asEntry, asLazyFile } from "./rewrites.ts";
import { keepsState } from "./shared-state.ts";
import { Taken } from "./taken.ts";

const at = (file: string) => `__get(new URL("./${file}.js", import.meta.url))`;
const get = "function __get(u){return import(/* @vite-ignore */ /* webpackIgnore: true */ u.href)}";

test("a dynamic import of an entry hides from bundlers, and only lazy files do", () => {
  expect(asEntry('a=import("./late.js");b=import("package")')).toBe(`a=${at("late")};b=import("package")\n${get}\n`);
  expect(asEntry('b=import("package")')).toBe('b=import("package")');
});

test("an entry makes what takes something from it", () => {
  expect(asEntry('a=import("./late.js");b=import("./plain.js");', new Map([["late", new Set()]]))).toBe(
    `a=${at("late")}.then(__made);b=${at("plain")};\n${get}var __taken;function __made(m){return m.make(__taken)}\n`,
  );
});

test("an entry fetches what a lazy file waits for at the same time", () => {
  expect(asEntry('a=import("./late.js");', new Map([["late", new Set(["zip"])]]))).toContain(
    `a=Promise.all([${at("late")},${at("zip")}]).then(([m])=>__made(m));`,
  );
});

test("what it waits for stands in the order of the names, in whichever one it was met", () => {
  const [one, other] = [
    ["zip", "again"],
    ["again", "zip"],
  ].map((needed) => asEntry('a=import("./late.js");', new Map([["late", new Set(needed)]])));
  expect(one).toContain(`[${at("late")},${at("again")},${at("zip")}]`);
  expect(other).toBe(one);
});

test("a chunk makes it with the array that lies beside it", () => {
  expect(
    asChunk('a=import("./late.js");b=import("./plain.js");', (file) => (file === "late" ? "table" : undefined)),
  ).toBe(
    'a=Promise.all([import("./late.js"),import("./table.js")]).then(([m,t])=>m.make(t.__taken));b=import("./plain.js");',
  );
});

test("what a lazy file takes is numbered once, under its local names, on as many lines", () => {
  const taken = new Taken();
  const text =
    'import {\n  Oops as Problem,\n  next\n} from "table:src/errors.ts";\nimport { next as n2 } from "table:src/errors.ts";\n' +
    "export {\n  n2,\n  Problem as Oops\n};\n";
  expect(asLazyFile("late", text, taken)).toBe(
    'export const make = (__taken) => (__taken["late"] ??= (() => { const Problem = __taken[0], next = __taken[1];\n\n\n\n' +
      "const n2 = __taken[1];\nreturn { n2, Oops: Problem };\n\n\n})());\n",
  );
  expect(taken.source("export const t")).toBe(
    'import { Oops as m0 } from "./src/errors.ts";\nimport { next as m1 } from "./src/errors.ts";\n' +
      "export const t = [m0, m1];",
  );
});

test("who makes some of the lazy files has nothing of what the others take, under the same numbers", () => {
  const taken = new Taken();
  taken.index("src/errors.ts", "Oops", "late");
  taken.loader("./later.js", "late");
  taken.index("src/errors.ts", "next", "early");
  taken.index("src/errors.ts", "next", "late");
  expect(taken.source("t", (file) => file === "early")).toBe(
    'import { next as m2 } from "./src/errors.ts";\nt = [undefined, undefined, m2];',
  );
});

test("a lazy file fetches the next through the entry's loader", () => {
  const taken = new Taken();
  expect(asLazyFile("late", 'await import("./later.js");\nexport {};', taken)).toContain("await __taken[0]();");
  taken.found("./later.js", "./src/later.ts");
  expect(taken.source("t")).toBe(`t = [() => import("./src/later.ts")];`);
});

test("a lazy file waits for what it shares with others, inside: it may be taken for a script", () => {
  const taken = new Taken();
  const text = 'import { zip, unzip as open } from "apart:./fflate.js";\nexport {\n  open,\n  zip\n};\n';
  expect(asLazyFile("late", text, taken)).toBe(
    'export const make = (__taken) => (__taken["late"] ??= (async () => { const __apart = await Promise.all([__taken[0]()]); ' +
      "const { zip, unzip: open } = __apart[0];\nreturn { open, zip };\n\n\n})());\n",
  );
  taken.found("./fflate.js", "fflate");
  expect(taken.source("t")).toBe('t = [() => import("fflate")];');
});

test("a lazy file that takes nothing is a module like any other", () => {
  const text = "const own = 1;\nexport {\n  own\n};\n";
  expect(asLazyFile("late", text, new Taken())).toBe(text);
});

test("a whole module cannot be taken", () => {
  expect(() => asLazyFile("late", 'import * as all from "table:src/errors.ts";', new Taken())).toThrow(
    "late.js imports a whole module of the entry; import names instead",
  );
});

test.each([
  ["src/vectors/embedded-lancedb.ts", true, "vectors-embedded-lancedb"],
  ["src/skills/load/load-present.ts", true, "skills-load-present"],
  ["@scope/name", false, "name"],
])("%s is the file %s", (target, own, name) => {
  expect(lazyFileName(target, own)).toBe(name);
});

test.each([
  ["let count = 0;", true],
  ["export let count = 0;", true],
  ["const seen = new Map<string, number>();", true],
  ["export const seen: WeakMap<object, X> = new WeakMap();", true],
  ['const controls = new Map([\n  ["n", 10],\n]);', false],
  ["export class FilterError extends Error {", true],
  ["export const limit = 3;\nexport function f() {\n  let inner = 0;\n}", false],
  ["class Store {}\nexport class Table {}", false],
])("%j keeps state: %s", (source, expected) => {
  expect(keepsState(source)).toBe(expected);
});
