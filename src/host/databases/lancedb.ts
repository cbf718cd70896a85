/** `vulcan.lancedb` (vulcan-api.md §15). @module */
import type { Prelude } from "../../lua/interface.ts";
import type { EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import { databasePrelude } from "./databases.ts";
import source from "./lancedb.lua?raw";

export function lancedbPrelude(services: HostServices, engine: EngineAccess): Prelude {
  return databasePrelude("lancedb", source, services.databases.lancedb, engine);
}
