/**
 * Lua modules that come with the runtime and are fetched when something first requires them.
 * @module
 */
import type { HostServices } from "../services.ts";
import type { BundledModule } from "./bundled-module.ts";

/** Module name → its file. */
const loaders: ReadonlyMap<string, (services: HostServices) => Promise<BundledModule> | undefined> = new Map([
  ["ffi", ({ ffi }) => (ffi === undefined ? undefined : import("./ffi.ts").then(({ ffiModule }) => ffiModule))],
]);

/** Undefined when there is no such module here. */
export function bundledModule(name: string, services: HostServices): Promise<BundledModule> | undefined {
  return loaders.get(name)?.(services);
}
