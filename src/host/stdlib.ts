/**
 * Everything that stands on the virtual filesystem and the clock: `vulcan.json path fs io os`, the global `io`, `os`,
 * `package`, `require`, `dofile`, `loadfile`, and `lfs`.
 * @module
 */
import type { Prelude } from "../lua/interface.ts";
import { fsPrelude } from "./fs.ts";
import { ioPrelude } from "./io.ts";
import { jsonPrelude } from "./json.ts";
import { lfsPrelude } from "./lfs.ts";
import { osPrelude } from "./os.ts";
import { pathPrelude } from "./path.ts";
import type { HostServices } from "./services.ts";
import { stdlibIoPrelude } from "./stdlib-io.ts";
import { stdlibOsPrelude } from "./stdlib-os.ts";
import { stdlibPackagePrelude } from "./stdlib-package.ts";

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
    lfsPrelude(services),
  ];
}
