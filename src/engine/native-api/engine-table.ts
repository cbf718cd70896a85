/**
 * Engines by their integer id (engine.md §11.2). Engine 1 is the runtime; more of them share its platform and nothing else.
 * @module
 */

import { SerialQueue } from "../../base/serial-queue.ts";
import type { EngineOptions, Json, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { decodeEngineOptions } from "../../skills/options/decode.ts";
import type { EngineState } from "../state.ts";

/** @throws LuaSkillsError `not_found` */
export function findEngine(main: EngineState, id: number): EngineState {
  const engine = main.engines.get(id);
  if (!engine) throw new LuaSkillsError("not_found", `FFI engine ${id} not found`);
  return engine;
}

/** `options`: `{ pool_config, host_options }`. The policies are those of the runtime. */
export function engineNew(main: EngineState, options: JsonObject): Json {
  const { pool, hostOptions } = decodeEngineOptions(options);
  const { engines, flush, jobs, gate } = main;
  const engineOptions: EngineOptions = {
    ...main.core.settings.given,
    hostOptions: { runtime_root: null, ...(options.host_options as JsonObject) },
    ...(hostOptions.runtimeRoot === undefined ? {} : { runtimeRoot: hostOptions.runtimeRoot }),
    pool: { min_size: pool.minSize, max_size: pool.maxSize, idle_ttl_secs: pool.idleTtlSecs },
    roots: [],
  };
  return {
    engine_id: engines.add({
      core: engines.assemble(engineOptions, hostOptions),
      queue: new SerialQueue(),
      engines,
      jobs,
      gate,
      flush,
    }),
  };
}

/** Frees an engine; the runtime itself only loses its number, its owner closes it. */
export function engineFree(main: EngineState, id: number): Json {
  const engine = findEngine(main, id);
  main.engines.remove(id);
  if (engine !== main) engine.core.close();
  return { freed: true };
}
