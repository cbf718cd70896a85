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
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  const known =
    origin === null ? site === null || /^(same-origin|none)$/.test(site) : isKnown(origin, request, origins);
  if (known) return;
  throw new LuaSkillsError(
    "permission_denied",
    `pages of ${origin ?? "another site"} may not ask here; name them in origins, or send a bearer token`,
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
