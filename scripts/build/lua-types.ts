// npm run lua-types: writes types/vulcan.d.lua from the table of the surface (src/host/surface/surface.ts).
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { luaAnnotations } from "../../src/host/surface/annotations.ts";
import { surface } from "../../src/host/surface/surface.ts";
import { root } from "./bundle.ts";

const target = path.join(root, "types", "vulcan.d.lua");
const text = luaAnnotations(surface);
await mkdir(path.dirname(target), { recursive: true });
await writeFile(target, text);
console.log(`${path.relative(root, target)}: ${text.split("\n").length} lines`);
