import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { root } from "./bundle.ts";
import { generatedFiles } from "./references.ts";

it.each(Object.entries(generatedFiles()))("%s is what npm run lua-types makes", async (file, text) => {
  expect(await readFile(path.join(root, file), "utf8")).toBe(text);
});
