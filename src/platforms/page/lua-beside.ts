import { baseAddress } from "./base-address.ts";
import type { EnginePlan } from "./start-runtime.ts";
import type { WorkerSource } from "./worker-source.ts";

/** Lua compiled on the page; undefined where the worker has to find it itself, which then also says what is wrong. */
export type LuaModule = WebAssembly.Module | undefined;

/**
 * Fetches and compiles Lua while the script of the first worker is on its way, once for all workers of a runtime. A worker
 * that the host makes may have been built with a Lua of its own.
 */
export function luaBeside({ workerUrl, worker }: WorkerSource): (plan: EnginePlan) => Promise<LuaModule> | undefined {
  let module: Promise<LuaModule> | undefined;
  return ({ wasm: { lua }, handshakeMs }) => {
    if (worker || (lua !== undefined && typeof lua !== "string")) return undefined;
    module ??= compile(lua, workerUrl).catch(() => undefined);
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, handshakeMs / 2));
    return Promise.race([module, late]);
  };
}

const addressBeside = (workerUrl: string | URL | undefined) =>
  workerUrl === undefined
    ? new URL("./lua.wasm", import.meta.url)
    : new URL("lua.wasm", new URL(workerUrl, baseAddress()));

async function compile(lua: string | undefined, workerUrl: string | URL | undefined): Promise<LuaModule> {
  const response = await fetch(lua ?? addressBeside(workerUrl));
  return response.ok ? WebAssembly.compile(await response.arrayBuffer()) : undefined;
}
