import type { IncomingMessage } from "node:http";
import { LuaSkillsError } from "../errors.ts";
import type { BridgeConfig } from "./config.ts";

/** Who asks: the origin of a page, or undefined for a program that names none. */
export interface Asker {
  readonly origin: string | undefined;
}

/**
 * Holds every request against the names the bridge has and the origins it knows, before anything is read of it. The Host check
 * is what stops a page whose name was made to lead here (DNS rebinding): its requests name that page's host.
 * @param port the bridge listens on
 * @throws LuaSkillsError `permission_denied`
 */
export function checkRequest(request: IncomingMessage, config: BridgeConfig, port: number): Asker {
  const names = request.headersDistinct.host ?? [];
  const [host] = names;
  if (names.length !== 1 || host === undefined || !ownNames(config, port).has(host.toLowerCase())) {
    throw denied(`the bridge is not called ${JSON.stringify(host ?? "")}; name it under "hosts" of its configuration`);
  }
  const origins = request.headersDistinct.origin ?? [];
  const [origin] = origins;
  if (origins.length > 1) throw denied("a request with two origins");
  if (origin === undefined) {
    // A browser leaves the origin out of some requests of a page's own, but never of a WebSocket or a POST.
    if (config.native && request.headers["sec-fetch-site"] === undefined) return { origin };
    throw denied("the bridge takes no request without an origin; start it with --native for programs that are no page");
  }
  if (!config.origins.includes(origin)) {
    throw denied(`the bridge does not know the page ${origin}; start it with --origin ${origin}`);
  }
  return { origin };
}

function ownNames(config: BridgeConfig, port: number): ReadonlySet<string> {
  const loopback = ["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`);
  return new Set([...loopback, ...config.hosts.map((name) => name.toLowerCase())]);
}

function denied(message: string): LuaSkillsError {
  return new LuaSkillsError("permission_denied", message);
}
