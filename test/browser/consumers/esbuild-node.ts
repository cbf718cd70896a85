import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import type { App } from "./app.ts";
import { forNode, subpathModule } from "./subpaths.ts";

const wasmFiles = ["lua.wasm", "sqlite3.wasm"];

const program = `import "./subpaths.js";
import { createEdgeRuntime } from "luaskills-wasm/edge";
import { connectRuntime, LuaSkillsError } from "luaskills-wasm/client";
const runtime = await createEdgeRuntime({ storage: "memory" });
console.log(await runtime.runLua("return args.a + 1", { a: 41 }));
await runtime.close();
const refused = await connectRuntime("http://127.0.0.1:1").catch((error) => error);
if (!(refused instanceof LuaSkillsError) || refused.code !== "network_error") throw refused;
`;

/** A program for Node that a user has bundled into one file, run in a folder without node_modules. */
export async function bundledForNode(app: App, minify: boolean): Promise<void> {
  app.write("program.js", program);
  app.write("subpaths.js", subpathModule(forNode));
  const folder = path.join(app.folder, minify ? "minified" : "bundled");
  const outfile = path.join(folder, "program.mjs");
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [path.join(app.folder, "program.js")],
    absWorkingDir: app.folder,
    outfile,
    minify,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  for (const file of wasmFiles) {
    copyFileSync(path.join(app.folder, "node_modules/luaskills-wasm/dist", file), path.join(folder, file));
  }
  const printed = execFileSync(process.execPath, [outfile], { cwd: folder, encoding: "utf8" });
  if (printed.trim() !== "42") throw new Error(`the bundled program printed ${printed}`);
}
