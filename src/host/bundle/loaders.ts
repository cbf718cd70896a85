/**
 * Which file holds which module of the package. Loaded when a module is first required.
 * @module
 */
import type { Prelude } from "../../lua/interface.ts";
import type { HostServices } from "../services.ts";

type Loader = (services: HostServices) => Promise<readonly Prelude[]>;

const cjson: Loader = async () => (await import("./data/cjson.ts")).cjsonPreludes();
const lyaml: Loader = async () => (await import("./data/yaml.ts")).yamlPreludes(await import("yaml"));
const streams: Loader = async () => (await import("./network/streams.ts")).streamsPreludes();
const socket: Loader = async (services) => (await import("./network/socket.ts")).socketPreludes(services);
const lcurl: Loader = async (services) => (await import("./network/lcurl.ts")).lcurlPreludes(services);
const openssl: Loader = async () => (await import("./openssl.ts")).opensslPreludes();

/** Module name → its file. */
export const loaders: ReadonlyMap<string, Loader> = new Map<string, Loader>([
  ["ffi", async ({ os, ffi }) => (await import("../../ffi/ffi-module.ts")).ffiPreludes({ ...os, bridge: ffi?.bridge })],
  ...many(["cjson", "cjson.safe", "cjson.util"], cjson),
  ["lfs", async (services) => (await import("./lfs.ts")).lfsPreludes(services)],
  ...many(["lyaml", "lyaml.functional"], lyaml),
  ["toml", async () => (await import("./data/toml.ts")).tomlPreludes()],
  ["serpent", async () => (await import("./data/serpent.ts")).serpentPreludes()],
  ["zlib", async () => (await import("./zlib.ts")).zlibPreludes((await import("./zlib-stream.ts")).ZlibStream)],
  ["MessagePack", async () => (await import("./data/message-pack.ts")).messagePackPreludes()],
  ["rex_pcre2", async () => (await import("./rex-pcre2.ts")).rexPreludes(await import("re2js"))],
  ...many(["ltn12", "mime", "mime.core"], streams),
  ...many(["socket", "socket.core", "socket.url", "socket.http", "socket.headers", "ssl.https"], socket),
  ...many(["lcurl", "lcurl.safe", "cURL", "cURL.safe"], lcurl),
  ...many(["openssl", "openssl.digest", "openssl.hmac", "openssl.rand"], openssl),
]);

function many(names: readonly string[], loader: Loader): [string, Loader][] {
  return names.map((name) => [name, loader]);
}
