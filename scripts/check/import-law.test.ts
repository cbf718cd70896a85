import { describe, expect, it } from "vitest";
import { lawProblems, unknownRooms, unmappedRooms } from "./import-law.ts";
import { importsOf } from "./imports.ts";

const problems = (file: string, source: string): string[] => lawProblems(file, importsOf(source));

describe("imports of a file", () => {
  it("are found in every form, with what is only types", () => {
    const source = `import { a } from "./a.ts";
import type { B } from "./b.ts";
import {
  c,
  type D,
} from "./c.ts";
export * from "./d.ts";
export type * from "./e.ts";
import "./f.ts";
const g = await import("./g.ts");
type H = typeof import("./h.ts");`;
    expect(importsOf(source).map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? " type" : ""}`)).toEqual([
      "./a.ts",
      "./b.ts type",
      "./c.ts",
      "./d.ts",
      "./e.ts type",
      "./f.ts",
      "./g.ts",
      "./h.ts type",
    ]);
  });
});

describe("the import law", () => {
  it.each([
    ["src/lua/vm.ts", 'import { a } from "../errors.ts";'],
    ["src/lua/border/text.ts", 'import { a } from "../../base/base64.ts";'],
    ["src/lua/border/text.ts", 'import { a } from "../vm.ts";'],
    ["src/engine/engine.ts", 'import { a } from "../host/install.ts";'],
    ["src/platforms/node/index.ts", 'import fs from "node:fs";\nimport { a } from "../../engine/engine.ts";'],
    ["src/cli/main.ts", 'import { a } from "../platforms/node/index.ts";'],
    ["src/index.ts", 'import { a } from "./client/runtime.ts";'],
  ])("%s may: %s", (file, source) => {
    expect(problems(file, source)).toEqual([]);
  });

  it.each([
    ["src/lua/vm.ts", 'import { a } from "../host/install.ts";', "lua may not import host"],
    ["src/lua/vm.ts", 'import type { A } from "../host/install.ts";', "lua may not import host"],
    ["src/contract/contract.ts", 'import type { A } from "../vfs/interface.ts";', "contract may not import vfs"],
    ["src/engine/engine.ts", 'import { a } from "../index.ts";', "engine may not import src/index.ts"],
    ["src/engine/engine.ts", 'import { a } from "../testing/clock.ts";', "imports testing, a leaf nobody imports"],
    ["src/platforms/node/index.ts", 'import { a } from "../../cli/main.ts";', "imports cli, a leaf nobody imports"],
    ["src/vfs/tree.ts", 'import fs from "node:fs";', "imports node:fs"],
    ["src/vfs/tree.ts", 'import { a } from "../../test/a.ts";', "reaches outside src/: ../../test/a.ts"],
  ])("%s may not: %s", (file, source, text) => {
    expect(problems(file, source)).toEqual([expect.stringContaining(text)]);
  });

  it("knows every room", () => {
    expect(unknownRooms(["src/lua/vm.ts", "src/attic/a.ts", "src/index.ts"])).toEqual([
      expect.stringContaining("src/attic/ is in no law"),
    ]);
  });

  it("wants every room on the map for people", () => {
    const missing = unmappedRooms("| `src/lua/` | x |\n| `src/adapters/ testing/` | y |\n\nsrc/vfs/ is elsewhere\n");
    expect(missing).toContain("CONTRIBUTING.md: the map has no line for src/vfs/");
    expect(missing.join()).not.toMatch(/src\/(lua|testing)\//);
  });
});
