// node scripts/lua-types.mjs: writes types/vulcan.d.lua from the table of the surface (src/host/surface/surface.ts).
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bundle, root } from "./bundle.mjs";

const outfile = path.join(root, ".cache", `lua-types.${process.pid}.mjs`);
await mkdir(path.dirname(outfile), { recursive: true });
try {
  await bundle({
    stdin: {
      contents: `import { surface } from "./src/host/surface/surface.ts";
import { luaAnnotations } from "./src/host/surface/annotations.ts";
export const text = luaAnnotations(surface);`,
      resolveDir: root,
      loader: "ts",
    },
    outfile,
    platform: "node",
  });
  const { text } = await import(pathToFileURL(outfile).href);
  const target = path.join(root, "types", "vulcan.d.lua");
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
  console.log(`${path.relative(root, target)}: ${text.split("\n").length} lines`);
} finally {
  await rm(outfile, { force: true });
}
