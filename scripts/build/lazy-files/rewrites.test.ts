import { expect, test } from "vitest";
import { lazyFileName } from "./lazy-imports.ts";
import { takingFromTable, withOpaqueImports } from "./rewrites.ts";
import { keepsState } from "./shared-state.ts";
import { Taken } from "./taken.ts";

const { table } = new Taken("entry");

test("a dynamic import of an entry hides from bundlers, and only lazy files do", () => {
  expect(withOpaqueImports('a=import("./late.js");b=import("package")')).toBe(
    'a=import(/* @vite-ignore */ /* webpackIgnore: true */ new URL("./late.js", import.meta.url).href);b=import("package")',
  );
});

test("what a lazy file takes is numbered once, under its local names, on as many lines", () => {
  const taken = new Taken("entry");
  const text =
    'import {\n  Oops as Problem,\n  next\n} from "table:src/errors.ts";\nimport { next as n2 } from "table:src/errors.ts";\n';
  expect(takingFromTable("late", text, taken)).toBe(
    `const Problem = ${table}[0], next = ${table}[1];\n\n\n\nconst n2 = ${table}[1];\n`,
  );
  expect(taken.source()).toBe(
    'import { Oops as m0 } from "./src/errors.ts";\nimport { next as m1 } from "./src/errors.ts";\n' +
      `${table} = [m0, m1];`,
  );
});

test("a lazy file fetches the next through the entry's loader", () => {
  const taken = new Taken("entry");
  expect(takingFromTable("late", 'await import("./later.js")', taken)).toBe(`await ${table}[0]()`);
  taken.loader("./later.js", "./src/later.ts");
  expect(taken.source()).toBe(`\n${table} = [() => import("./src/later.ts")];`);
});

test("a whole module cannot be taken", () => {
  expect(() => takingFromTable("late", 'import * as all from "table:src/errors.ts";', new Taken("entry"))).toThrow(
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
