import { LuaSkillsError } from "../../errors.ts";
import type { AllowedOrigins } from "./cors.ts";

/** Not JSON by its own word: 415. */
export class UnsupportedMediaType extends LuaSkillsError {
  constructor(type: string | null) {
    super(
      "invalid_argument",
      `the content type is ${type === null ? "not given" : `"${type}"`}; a body is sent as application/json`,
    );
  }
}

/**
 * A page the host knows nothing of must not act with the cookies of whoever looks at it. A bearer token is proof enough: no
 * browser sends one by itself.
 * @throws LuaSkillsError `permission_denied`, {@link UnsupportedMediaType}
 */
export function refuseForeignPages(request: Request, origins: AllowedOrigins): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  if (/^bearer\s/i.test(request.headers.get("authorization") ?? "")) return;
  const type = request.headers.get("content-type");
  if (!/^application\/json\s*(;|$)/i.test(type ?? "")) throw new UnsupportedMediaType(type);
  if (isFromKnownPage(request, origins)) return;
  throw foreignPage(request);
}

/** Whether a page of the host's own, one it has named, or no page at all asks. */
export function isFromKnownPage(request: Request, origins: AllowedOrigins): boolean {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  return origin === null ? site === null || /^(same-origin|none)$/.test(site) : isKnown(origin, request, origins);
}

export function foreignPage(request: Request): LuaSkillsError {
  const origin = request.headers.get("origin") ?? "another site";
  return new LuaSkillsError(
    "permission_denied",
    `pages of ${origin} may not ask here; name them in origins, or send a bearer token`,
  );
}

/** By host and port: a proxy in front may have taken the encryption away. */
function isKnown(origin: string, request: Request, origins: AllowedOrigins): boolean {
  if (origins !== "*" && origins.includes(origin)) return true;
  try {
    return new URL(origin).host === new URL(request.url).host;
  } catch {
    return false;
  }
}
