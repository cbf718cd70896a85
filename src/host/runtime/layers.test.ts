import { expect, test } from "vitest";
import { rootLayers } from "./layers.ts";
import { targetsRoot } from "./targets-root.ts";

test.each([
  [{ layer: "ROOT" }, true],
  [{ target: { Root_Name: " root " } }, true],
  [{ "target-root": { name: "Root" } }, true],
  [{ layers: [{ layer: ["x", { deep: "ROOT" }] }] }, true],
  [[{ root: "ROOT" }], true],
  [{ name: "ROOT" }, false],
  [{ layer: "ROOTS", text: "ROOT" }, false],
  ["ROOT", false],
  [null, false],
])("%j targets ROOT: %s", (input, expected) => expect(targetsRoot(input)).toBe(expected));

test("layers are PROJECT and USER as far as they are loaded", () => {
  expect(rootLayers(["ROOT"], true)).toEqual({ writable: false, labels: [], layers: [] });
  expect(rootLayers([" user ", "ROOT", "Project"], true)).toMatchObject({
    default: "USER",
    writable: true,
    labels: ["PROJECT", "USER"],
  });
  expect(rootLayers(["ROOT", "PROJECT"], false)).toMatchObject({
    default: "PROJECT",
    writable: false,
    layers: [{ label: "PROJECT", writable: false, description: "Project skill layer" }],
  });
});
