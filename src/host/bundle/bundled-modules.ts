/**
 * What `require` finds in this package: `ffi`, and the Lua packages that skills expect beside the standard library
 * (docs/lua-packages.md). A module's file is fetched when something first requires it.
 * @module
 */
import type { HostServices } from "../services.ts";
import type { BundledModules } from "../stdlib/bundled.ts";

/** The names of loaders.ts. */
export const bundledNames: ReadonlySet<string> = new Set(
  (
    "ffi lfs cjson cjson.safe cjson.util lyaml lyaml.functional toml serpent zlib MessagePack rex_pcre2 ltn12 mime mime.core " +
    "socket socket.core socket.url socket.http socket.headers ssl.https lcurl lcurl.safe cURL cURL.safe " +
    "openssl openssl.digest openssl.hmac openssl.rand"
  ).split(" "),
);

/** `services` are asked for when a module is loaded: this is a part of them. */
export function bundledModules(services: () => HostServices): BundledModules {
  return {
    has: (name) => bundledNames.has(name) && (name !== "ffi" || services().ffi !== undefined),
    load: async (name) => (await (await import("./loaders.ts")).loaders.get(name)?.(services())) ?? [],
  };
}
