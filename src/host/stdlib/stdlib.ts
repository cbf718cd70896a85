/**
 * Everything that stands on the virtual filesystem and the clock: `vulcan.json path fs io os`, the global `io`, `os`,
 * `package`, `require`, `dofile`, `loadfile`.
 * @module
 */
import type { Prelude } from "../../lua/interface.ts";
import { fsPrelude } from "../fs/fs.ts";
import { ioPrelude } from "../io/io.ts";
import { jsonPrelude } from "../json/json.ts";
import { osPrelude } from "../os/os.ts";
import { pathPrelude } from "../path/path.ts";
import type { HostServices } from "../services.ts";
import { stdlibIoPrelude } from "./io.ts";
import { stdlibOsPrelude } from "./os.ts";
import { stdlibPackagePrelude } from "./package.ts";

/** In the order they must run; after the dialect and after the global `vulcan` exists. @throws EncodingError for an unknown default encoding */
export function filePreludes(services: HostServices): readonly Prelude[] {
  return [
    jsonPrelude(),
    pathPrelude(services),
    fsPrelude(services),
    ioPrelude(services),
    osPrelude(services),
    stdlibIoPrelude(services),
    stdlibOsPrelude(services),
    // Last of the globals: it collects them in package.loaded.
    stdlibPackagePrelude(services),
  ];
}
