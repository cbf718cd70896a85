// vitest's globalSetup: tests load dist/lua.wasm, so a fresh clone derives it first.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { sha256 } from "./derive.ts";
import { luaPin } from "./pins.ts";

export function setup(): void {
  const files = ["dist/lua.wasm", "dist/lua-stock.wasm", "dist/trampolines.wasm", "dist/shim.wasm"];
  if (files.every((file) => existsSync(file)) && sha256(readFileSync("dist/lua.wasm")) === luaPin) return;
  execFileSync(process.execPath, ["scripts/run-ts.mjs", "scripts/wasm/main.ts"], { stdio: "inherit" });
}
