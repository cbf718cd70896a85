import type { EnginePlan } from "./start-runtime.ts";
import type { WorkerSource } from "./worker-source.ts";

/** Lua compiled on the page; undefined where the worker has to find it itself, which then also says what is wrong. */
export type LuaModule = WebAssembly.Module | undefined;

/**
 * Fetches and compiles Lua while the script of the first worker is on its way, once for all workers of a runtime. A worker
 * from elsewhere has a Lua beside it, or one of its own.
 */
export function luaBeside({ workerUrl, worker }: WorkerSource): (plan: EnginePlan) => Promise<LuaModule> | undefined {
  let module: Promise<LuaModule> | undefined;
  return ({ wasm, handshakeMs }) => {
    if (wasm.lua || workerUrl || worker) return undefined;
    module ??= compile().catch(() => undefined);
    return Promise.race([module, new Promise<undefined>((resolve) => setTimeout(resolve, handshakeMs / 2))]);
  };
}

async function compile(): Promise<LuaModule> {
  const response = await fetch(new URL("./lua.wasm", import.meta.url));
  return response.ok ? WebAssembly.compile(await response.arrayBuffer()) : undefined;
}
