import type { BridgeConfig } from "../config.ts";
import type { BridgeService } from "../service.ts";
import { databasesService } from "./databases/databases-service.ts";
import { ffiService } from "./ffi/ffi-service.ts";
import { filesService } from "./files/files-service.ts";
import { logService } from "./log-service.ts";
import { processService } from "./process/process-service.ts";
import { runtimesService } from "./runtimes/runtimes-service.ts";

/** What a bridge offers. A service that nothing in the configuration allows is there, and says which flag would. */
export function standardServices(config: BridgeConfig): readonly BridgeService[] {
  return [
    processService(config),
    filesService(),
    ffiService(),
    databasesService(),
    runtimesService(config),
    logService(),
  ];
}
