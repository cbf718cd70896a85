/** `vulcan.sqlite` (vulcan-api.md §15). @module */
import type { Prelude } from "../../lua/interface.ts";
import type { EngineAccess } from "../run.ts";
import type { HostServices } from "../services.ts";
import { databasePrelude } from "./databases.ts";
import source from "./sqlite.lua?raw";

export function sqlitePrelude(services: HostServices, engine: EngineAccess): Prelude {
  return databasePrelude("sqlite", source, services.databases.sqlite, engine);
}
