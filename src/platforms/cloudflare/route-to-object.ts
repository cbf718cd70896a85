import { LuaSkillsError } from "../../errors.ts";
import { Unauthorized } from "../../http/server/authorize.ts";
import { type AllowedOrigins, withCors } from "../../http/server/cors.ts";
import { errorResponse } from "../../http/server/error-response.ts";

/** The part of an object's stub used here; the methods of its class are there too. */
export interface ObjectStub {
  fetch(request: Request): Promise<Response>;
}

/** The part of a Durable Object namespace used here. */
export interface ObjectNamespace<Stub extends ObjectStub = ObjectStub> {
  idFromName(name: string): unknown;
  get(id: never): Stub;
}

export interface RouteOptions {
  /**
   * Which object a request may talk to: its name, a response of the host's own, or null for 401. Take the name from
   * credentials, never from what the client can write freely, or one tenant can name another's object.
   */
  readonly tenantOf: (request: Request) => string | Response | null | Promise<string | Response | null>;
  /** Pages of these origins may ask from a browser. Default: only pages of the Worker's own. */
  readonly origins?: AllowedOrigins;
}

/**
 * Sends a request to the caller's own object.
 *
 * @example
 * export default {
 *   fetch: (request, env) => routeToObject(request, env.AGENTS, { tenantOf: (r) => verify(r.headers.get("authorization")) }),
 * };
 */
export async function routeToObject(
  request: Request,
  namespace: ObjectNamespace,
  { tenantOf, origins = [] }: RouteOptions,
): Promise<Response> {
  return withCors(request, origins, async () => {
    const tenant = await tenantOf(request);
    if (tenant instanceof Response) return tenant;
    // A look-up that missed answers undefined, false or an object: as a name it would be one tenant for all strangers.
    if (typeof tenant !== "string" || tenant === "") {
      return errorResponse(new Unauthorized("this request names no tenant; send the credentials of the host"));
    }
    return ask(namespace.get(namespace.idFromName(tenant) as never), request);
  });
}

/** The platform refuses requests to an object that has too many; any other failure is its to report. */
async function ask(stub: ObjectStub, request: Request): Promise<Response> {
  try {
    return await stub.fetch(request);
  } catch (cause) {
    if ((cause as { overloaded?: unknown }).overloaded !== true) throw cause;
    const text = "this object has more requests than it can answer; try again in a moment";
    return errorResponse(new LuaSkillsError("overloaded", text, { cause }));
  }
}
