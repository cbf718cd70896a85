/**
 * What `require` finds in this package: `ffi`, and the Lua packages that skills expect beside the standard library.
 * @module
 */
import type { Prelude } from "../../lua/interface.ts";
import type { HostServices } from "../services.ts";
import type { BundledModules } from "../stdlib/bundled.ts";

type Loader = (services: HostServices) => Promise<readonly Prelude[]>;

/** Module name → its file. */
const loaders: ReadonlyMap<string, Loader> = new Map([
  ["ffi", async ({ os, ffi }) => (await import("../../ffi/ffi-module.ts")).ffiPreludes({ ...os, native: ffi?.native })],
]);

/** `services` are asked for when a module is loaded: this is a part of them. */
export function bundledModules(services: () => HostServices): BundledModules {
  return {
    has: (name) => loaders.has(name) && (name !== "ffi" || services().ffi !== undefined),
    load: async (name) => (await loaders.get(name)?.(services())) ?? [],
  };
}
