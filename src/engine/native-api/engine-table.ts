/**
 * Engines by their integer id (engine.md §11.2). Engine 1 is the runtime; more of them share its platform and nothing else.
 * @module
 */
import type { EngineOptions, Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { decodeEngineOptions } from "../../skills/options/host-options.ts";
import type { EngineState } from "../answer.ts";
import { EngineCore } from "../core.ts";
import { Queue } from "../queue.ts";

interface EngineTable {
  readonly engines: Map<number, EngineState>;
  lastId: number;
}

const tables = new WeakMap<EngineState, EngineTable>();

function tableOf(main: EngineState): EngineTable {
  let table = tables.get(main);
  if (!table) {
    table = { engines: new Map([[1, main]]), lastId: 1 };
    tables.set(main, table);
  }
  return table;
}

/** @throws LuaSkillsError `not_found` */
export function findEngine(main: EngineState, id: number): EngineState {
  const engine = tableOf(main).engines.get(id);
  if (!engine) throw new LuaSkillsError("not_found", `FFI engine ${id} not found`);
  return engine;
}

/** `options`: `{ pool_config, host_options }`. The policies are those of the runtime. */
export function engineNew(main: EngineState, options: JsonObject): Json {
  const { pool, hostOptions } = decodeEngineOptions(options);
  const { core, flush } = main;
  const native = options.host_options as JsonObject;
  const engineOptions: EngineOptions = {
    ...core.options,
    hostOptions: { runtime_root: null, ...native },
    ...(hostOptions.runtimeRoot === undefined ? {} : { runtimeRoot: hostOptions.runtimeRoot }),
    pool: { min_size: pool.minSize, max_size: pool.maxSize, idle_ttl_secs: pool.idleTtlSecs },
    roots: [],
  };
  // Its changes are its own: the page mirrors the registry of the runtime only.
  const platform = { ...core.platform, registryChanged: () => {} };
  const table = tableOf(main);
  table.lastId += 1;
  table.engines.set(table.lastId, {
    core: new EngineCore(platform, engineOptions),
    queue: new Queue(),
    flush,
  });
  return { engine_id: table.lastId };
}

/** Frees an engine; the runtime itself only loses its number, its owner closes it. */
export function engineFree(main: EngineState, id: number): Json {
  const engine = findEngine(main, id);
  tableOf(main).engines.delete(id);
  if (engine !== main) engine.core.close();
  return { freed: true };
}

/** Ends every further engine, with the runtime. */
export function closeEngines(main: EngineState): void {
  for (const engine of tableOf(main).engines.values()) if (engine !== main) engine.core.close();
}
