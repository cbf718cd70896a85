/**
 * What is put into a VM, in order (vulcan-api.md §3.1): the dialect, `vulcan`, every namespace, and last the scope driver.
 * @module
 */

import type { Prelude } from "../lua/interface.ts";
import { dialectPrelude } from "../lua/world/dialect.ts";
import { cachePrelude, type SkillCache } from "./cache/cache.ts";
import { scopePreludes } from "./call/call.ts";
import { configPrelude } from "./config/config.ts";
import { databasesPrelude } from "./databases/databases.ts";
import { lancedbPrelude } from "./databases/lancedb.ts";
import { sqlitePrelude } from "./databases/sqlite.ts";
import { modelsPrelude } from "./models/models.ts";
import { processPrelude } from "./process/process.ts";
import type { EngineAccess } from "./run.ts";
import { luaExecPrelude } from "./runtime/lua-exec.ts";
import { runtimePrelude, type VmKind } from "./runtime/runtime.ts";
import type { HostServices } from "./services.ts";
import { filePreludes } from "./stdlib/stdlib.ts";
import { hostPrelude } from "./tools/host.ts";
import { vulcanPrelude } from "./vulcan.ts";

/** One list per kind of VM is enough: preludes hold no state of a VM. */
export function hostPreludes(
  services: HostServices,
  cache: SkillCache,
  engine: EngineAccess,
  kind: VmKind,
): readonly Prelude[] {
  return [
    dialectPrelude(),
    vulcanPrelude(),
    ...filePreludes(services),
    runtimePrelude(services, engine, kind),
    ...(kind === "main" ? [luaExecPrelude(engine)] : []),
    cachePrelude(cache, engine),
    configPrelude(services, engine),
    hostPrelude(services, engine),
    modelsPrelude(services, engine),
    processPrelude(services),
    databasesPrelude(),
    sqlitePrelude(services, engine),
    lancedbPrelude(services, engine),
    ...scopePreludes(engine),
  ];
}
