// npm run build:wasm: dist/lua.wasm (derived), dist/lua-stock.wasm (untouched, for the fallback), and the trampolines
// and the shim as files for hosts that cannot compile bytes.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { artefacts, compileArtefact, writeGenerated } from "./artefacts.ts";
import { deriveLuaWasm, sha256 } from "./derive.ts";
import { luaPin } from "./pins.ts";

const root = process.cwd();
const dist = path.join(root, "dist");
const glue = path.join(root, "node_modules", "wasmoon", "dist", "glue.wasm");

await mkdir(dist, { recursive: true });
const lua = await deriveLuaWasm(await readFile(glue));
if (sha256(lua) !== luaPin) {
  throw new Error(
    `lua.wasm derivation: the result has sha256 ${sha256(lua)}, pinned is ${luaPin}. ` +
      "If the derivation was changed on purpose, run the attacks and the benchmarks, then update scripts/wasm/pins.ts.",
  );
}
await put("lua.wasm", lua);
await put("lua-stock.wasm", await readFile(glue));
console.log(`dist/lua.wasm ${lua.length} bytes, sha256 ${sha256(lua).slice(0, 12)}…`);
for (const artefact of artefacts) {
  const bytes = await compileArtefact(root, artefact);
  await put(`${artefact.name}.wasm`, bytes);
  await writeGenerated(root, artefact, bytes);
  console.log(`dist/${artefact.name}.wasm ${bytes.length} bytes`);
}

/** A file that is right already stays untouched: a test may be reading it. */
async function put(name: string, bytes: Uint8Array): Promise<void> {
  const file = path.join(dist, name);
  const there = await readFile(file).catch(() => undefined);
  if (!there?.equals(bytes)) await writeFile(file, bytes);
}
