// npm run lua-types: writes what is made from a table of the sources: types/vulcan.d.lua and docs/vulcan.md from the surface
// (src/host/surface), types/skill.schema.json and docs/skill-yaml.md from the manifest's schema (src/skills/manifest/schema.ts).
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./bundle.ts";
import { generatedFiles } from "./references.ts";

for (const [file, text] of Object.entries(generatedFiles())) {
  const target = path.join(root, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
  console.log(`${file}: ${text.split("\n").length} lines`);
}
