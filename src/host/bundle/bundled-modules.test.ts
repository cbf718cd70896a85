import { expect, it } from "vitest";
import { bundledNames } from "./bundled-modules.ts";
import { loaders } from "./loaders.ts";

it("every name that require finds has a file, and every file a name", () => {
  expect([...bundledNames].sort()).toEqual([...loaders.keys()].sort());
});
