import { createEngine } from "../../../src/engine/engine.ts";
import type { EnginePlatform } from "../../../src/engine/interface.ts";
import type { LuaBootOptions } from "../../../src/lua/interface.ts";
import { bootLua } from "../../../src/lua/wasm/boot.ts";
import type { ConformancePlatform } from "../platform.ts";
import type { LaneStart } from "./messages.ts";

const processes: EnginePlatform["processes"] = {
  loadShell: async (parts) => (await import("../../../src/process/shell/embedded-shell.ts")).EmbeddedShell.load(parts),
};

/** What every environment has; jieba where its module is given. */
const capabilities = new Set(["sqlite", "lancedb", "database_callbacks", "genx", "host_modules", "process"]);

export interface WasmParts {
  readonly lua: LuaBootOptions["wasm"];
  readonly sqlite: NonNullable<EnginePlatform["sqliteWasm"]>;
  /** jieba-wasm's module, read when a case first needs it. */
  readonly jieba?: EnginePlatform["jiebaWasm"];
  /** Where run-time code generation is refused. */
  readonly trampolines?: WebAssembly.Module;
  readonly vectors?: WebAssembly.Module;
  /** Where the platform has no WebSocket of its own. */
  readonly processes?: EnginePlatform["processes"];
}

/** The real engine for the inner end of a lane. */
export async function bootPlatform(
  environment: EnginePlatform["environment"],
  start: LaneStart,
  wasm: WasmParts,
): Promise<ConformancePlatform> {
  const lua = await bootLua({
    wasm: wasm.lua,
    ...(wasm.trampolines ? { trampolines: wasm.trampolines } : {}),
    ...(start.waiting ? { waiting: start.waiting } : {}),
  });
  return {
    environment,
    capabilities: wasm.jieba === undefined ? capabilities : new Set([...capabilities, "jieba"]),
    lua,
    sqliteWasm: wasm.sqlite,
    ...(wasm.jieba === undefined ? {} : { jiebaWasm: wasm.jieba }),
    ...(wasm.trampolines === undefined ? {} : { sqliteTrampolines: wasm.trampolines }),
    ...(wasm.vectors === undefined ? {} : { vectorsWasm: wasm.vectors }),
    process: start.process ?? { kind: "shell" },
    processes: wasm.processes ?? processes,
    createEngine,
  };
}
