import { createEngine } from "../../../src/engine/engine.ts";
import type { EnginePlatform } from "../../../src/engine/interface.ts";
import { bootLua } from "../../../src/lua/boot.ts";
import type { ConformancePlatform } from "../platform.ts";
import type { LaneStart } from "./messages.ts";

/** What every environment has; jieba, genx, host_modules, process and native_bridge come with their issues. */
const capabilities = new Set(["sqlite", "lancedb", "database_callbacks"]);

/**
 * The real engine for the inner end of a lane.
 * @param read turns a wasm path into bytes where it is a file; absent: the engine is given the URL
 */
export async function bootPlatform(
  environment: EnginePlatform["environment"],
  start: LaneStart,
  read?: (file: string) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<ConformancePlatform> {
  const lua = await bootLua({
    wasm: read ? await read(start.wasm.lua) : start.wasm.lua,
    ...(start.waiting ? { waiting: start.waiting } : {}),
  });
  return {
    environment,
    capabilities,
    lua,
    sqliteWasm: read ? await read(start.wasm.sqlite) : start.wasm.sqlite,
    createEngine,
  };
}
