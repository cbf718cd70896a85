/**
 * `vulcan.os` (vulcan-api.md §10.4).
 * @module
 */
import type { Prelude } from "../../lua/interface.ts";
import type { HostServices } from "../services.ts";

const source = `local host = ...
vulcan.os = { info = host.info }`;

export function osPrelude(services: Pick<HostServices, "os">): Prelude {
  const { os, arch } = services.os;
  return { name: "=vulcan.os", source, functions: { info: () => ({ os, arch }) } };
}
