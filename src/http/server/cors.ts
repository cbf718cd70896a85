/**
 * Lets pages of other origins in, for a browser's own check. It protects nobody's data: credentials do.
 * @module
 */

/** Exact origins, e.g. `https://app.example.com`, or `*`. */
export type AllowedOrigins = readonly string[] | "*";

/**
 * Answers a preflight, which carries no credentials: of an origin nobody has named with nothing in it. Says in every other
 * response who may read it.
 */
export async function withCors(
  request: Request,
  origins: AllowedOrigins,
  answer: () => Promise<Response>,
  { methods = "GET, POST", exposed }: { readonly methods?: string; readonly exposed?: string } = {},
): Promise<Response> {
  const origin = request.headers.get("origin");
  const welcome = origin !== null && (origins === "*" || origins.includes(origin));
  const headers = {
    // Of every answer: a cache must not give one origin's to another.
    ...(origins.length > 0 ? { vary: "origin" } : {}),
    ...(welcome ? { "access-control-allow-origin": origins === "*" ? "*" : origin } : {}),
    ...(welcome && exposed !== undefined ? { "access-control-expose-headers": exposed } : {}),
  };
  if (request.method === "OPTIONS" && request.headers.has("access-control-request-method")) {
    const allowed = {
      "access-control-allow-methods": methods,
      "access-control-allow-headers": request.headers.get("access-control-request-headers") ?? "",
      "access-control-max-age": "7200",
    };
    return new Response(null, { status: 204, headers: { ...headers, ...(welcome ? allowed : {}) } });
  }
  const response = await answer();
  if (Object.keys(headers).length === 0) return response;
  // What came out of another object is immutable.
  const own = new Response(response.body, response);
  for (const [name, value] of Object.entries(headers)) own.headers.set(name, value);
  return own;
}
