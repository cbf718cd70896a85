/**
 * What is put into a VM, in order (vulcan-api.md §3.1): the dialect, `vulcan`, every namespace, and last the scope driver.
 * @module
 */
import { dialectPrelude } from "../lua/dialect.ts";
import type { Prelude } from "../lua/interface.ts";
import { cachePrelude, type SkillCache } from "./cache.ts";
import { scopePreludes } from "./call.ts";
import { configPrelude } from "./config.ts";
import { databasesPrelude } from "./databases.ts";
import { hostPrelude } from "./host.ts";
import { lancedbPrelude } from "./lancedb.ts";
import { luaExecPrelude } from "./lua-exec.ts";
import { modelsPrelude } from "./models.ts";
import { processPrelude } from "./process.ts";
import type { EngineAccess } from "./run.ts";
import { runtimePrelude, type VmKind } from "./runtime.ts";
import type { HostServices } from "./services.ts";
import { sqlitePrelude } from "./sqlite.ts";
import { filePreludes } from "./stdlib.ts";
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
    hostPrelude(services),
    modelsPrelude(services, engine),
    processPrelude(services),
    databasesPrelude(),
    sqlitePrelude(services, engine),
    lancedbPrelude(services, engine),
    ...scopePreludes(engine),
  ];
}
