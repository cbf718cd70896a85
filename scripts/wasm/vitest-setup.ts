// vitest's globalSetup: tests load dist/lua.wasm, so a fresh clone derives it first; copied assets go there too.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { copiedAssets } from "../build/entries.ts";
import { sha256 } from "./derive.ts";
import { luaPin } from "./pins.ts";

export function setup(): void {
  mkdirSync("dist", { recursive: true });
  for (const [file, from] of copiedAssets) if (!existsSync(`dist/${file}`)) copyFileSync(from, `dist/${file}`);
  const files = ["dist/lua.wasm", "dist/lua-stock.wasm", "dist/trampolines.wasm", "dist/shim.wasm"];
  if (files.every((file) => existsSync(file)) && sha256(readFileSync("dist/lua.wasm")) === luaPin) return;
  execFileSync(process.execPath, ["scripts/run-ts.mjs", "scripts/wasm/main.ts"], { stdio: "inherit" });
}
