import { version } from "../../base/version.ts";
import { eventNames } from "../../client/emitter.ts";
import type { SupervisedRuntime } from "../../client/supervise.ts";
import type { CallResult, JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { EngineRequest } from "../../wire/ops.ts";
import type { EngineEvent } from "../../wire/transport.ts";
import { decodeWire, encodeWire, type RemoteLine } from "../wire.ts";
import { type Authorize, type Rights, rightsOf } from "./authorize.ts";
import { parseBody, readBody } from "./body.ts";
import { type AllowedOrigins, withCors } from "./cors.ts";
import { boundedError, errorResponse } from "./error-response.ts";
import { eventStream } from "./event-stream.ts";
import { refuseForeignPages } from "./foreign-page.ts";
import { defaultHttpLimits, type HttpLimits, withinTime } from "./limits.ts";
import { httpPaths, openApiDocument } from "./openapi.ts";
import { type CallBody, callSchema, jsonApiSchema, validateBody } from "./schemas.ts";

export interface HttpOptions {
  /**
   * Says what a request may do: a role (`"call"`, `"read"`, `"manage"`; true is `"call"`), a list of operations, false for
   * 401, or a response of the host's own. Asked before anything is read.
   */
  readonly authorize: Authorize;
  readonly limits?: Partial<HttpLimits>;
  /** Pages of these origins may ask from a browser. Default: only pages of the server's own. */
  readonly origins?: AllowedOrigins;
  /** Path before `/v1`, e.g. `/agents/7`. Default none. */
  readonly basePath?: string;
}

type Route = (request: Request, rights: Rights, rest: string) => Promise<Response>;
type EventListener = (event: EngineEvent) => void;

export type HttpHandler = (request: Request) => Promise<Response>;

/** Serves a runtime over HTTP: a small JSON surface for everybody (`/v1/openapi.json`), and what `connectRuntime` needs. */
export function createHttpHandler(supervised: SupervisedRuntime, options: HttpOptions): HttpHandler {
  const { runtime, transport } = supervised;
  // A Runtime has its transport, too, and would answer half of the requests.
  if (runtime === undefined)
    throw new LuaSkillsError(
      "invalid_argument",
      "createHttpHandler(supervised) must be what superviseEdgeRuntime(options) resolves to, got something without `runtime`",
    );
  const limits = { ...defaultHttpLimits, ...options.limits };
  const requestMs = limits.requestMs || supervised.limits.callTimeoutMs;
  /** Events told to the client whose request they belong to: nobody hears them twice, nor another client at all. */
  const told = new WeakSet<object>();
  const base = options.basePath ?? "";
  const bodyOf = async (request: Request, parse?: (text: string) => unknown) =>
    parseBody(await readBody(request, limits.requestBytes), limits.requestValues, parse);

  const ask = <R extends EngineRequest>(rights: Rights, request: R, signal: AbortSignal, onEvent?: EventListener) => {
    rights.require(request.op);
    if ("modules" in request && request.modules !== undefined && !rights.isSystem) {
      throw new LuaSkillsError(
        "permission_denied",
        "which host modules a call may use is the host's word, not a client's",
      );
    }
    return transport.request(withinTime(request, requestMs) as R, { signal, onEvent });
  };

  /** Who speaks is the host's word, not the client's: without the right to manage nobody speaks for the system. */
  const native = (rights: Rights, method: string, params: JsonObject, signal: AbortSignal, onEvent?: EventListener) => {
    const own = rights.isSystem ? params : { ...params, authority: "delegated_tool" };
    return transport.request(withinTime({ op: "json", method, params: own }, requestMs), { signal, onEvent });
  };
  const asked = (rights: Rights, wanted: EngineRequest, signal: AbortSignal, onEvent: EventListener) =>
    wanted.op === "json"
      ? native(rights, wanted.method, wanted.params, signal, onEvent)
      : ask(rights, wanted, signal, onEvent);

  const routes: Record<string, Route> = {
    [`GET ${httpPaths.openapi}`]: async () => Response.json(openApiDocument(version)),
    [`GET ${httpPaths.entries}`]: async () =>
      capped(JSON.stringify({ entries: runtime.list(), problems: runtime.problems() }), limits),
    [`GET ${httpPaths.start}`]: async () =>
      capped(encodeWire({ capabilities: transport.capabilities, snapshot: transport.snapshot() }), limits),

    [`POST ${httpPaths.call}`]: async (request, rights) => {
      const { args = {}, ...call } = await validateBody<CallBody>(callSchema, await bodyOf(request));
      const result: CallResult = await ask(rights, { op: "call", args, ...call }, request.signal);
      return capped(JSON.stringify(result), limits);
    },

    [`POST ${httpPaths.stream}`]: async (request, rights) => {
      const { args = {}, ...call } = await validateBody<CallBody>(callSchema, await bodyOf(request));
      rights.require("call");
      return eventStream(
        async ({ send, signal }) => {
          const onEvent = (event: EngineEvent) => {
            if (event.name === "log") send(JSON.stringify({ type: "log", event: event.event }));
            if (event.name === "callProgress") send(JSON.stringify({ type: "progress", event: event.event }));
          };
          const result = await ask(rights, { op: "call", args, ...call }, signal, onEvent);
          send(JSON.stringify({ type: "result", result }), true);
        },
        {
          maxBytes: limits.responseBytes,
          waitingBytes: limits.waitingBytes,
          onOverflow: (error) => JSON.stringify({ type: "error", error: boundedError(error, limits.responseBytes) }),
        },
      );
    },

    [`POST ${httpPaths.json}`]: async (request, rights, method) => {
      const params = await validateBody<JsonObject>(jsonApiSchema, await bodyOf(request));
      rights.requireMethod(method);
      return capped(JSON.stringify(await native(rights, method, params, request.signal)), limits);
    },

    [`POST ${httpPaths.request}`]: async (request, rights) => {
      const wanted = (await bodyOf(request, decodeWire)) as EngineRequest;
      if (typeof wanted?.op !== "string") {
        throw new LuaSkillsError("invalid_argument", 'a request is an object with the member "op"');
      }
      if (wanted.op === "json") rights.requireMethod(String(wanted.method));
      else rights.require(wanted.op);
      return lineStream(limits, async (send, signal) => {
        const onEvent = ({ name, event }: EngineEvent) => {
          told.add(event);
          send({ type: "message", message: { type: "event", name, event } });
        };
        const before = transport.snapshot();
        const outcome = await asked(rights, wanted, signal, onEvent).then(
          (value) => ({ ok: true as const, value }),
          (thrown) => ({
            ok: false as const,
            error: boundedError(LuaSkillsError.from(thrown), limits.responseBytes / 2),
          }),
        );
        const snapshot = transport.snapshot();
        if (snapshot !== before) send({ type: "message", message: { type: "registry", snapshot } });
        send({ type: "outcome", outcome }, true);
      });
    },

    [`GET ${httpPaths.events}`]: async () =>
      lineStream(limits, async (send, signal) => {
        const stops = eventNames.map((name) =>
          runtime.on(name, (event) => {
            if (told.has(event)) return;
            send({ type: "message", message: { type: "event", name, event } });
          }),
        );
        // Before the events that tell of it.
        stops.push(
          runtime.subscribe(() => {
            send({ type: "message", message: { type: "registry", snapshot: transport.snapshot() } });
          }),
        );
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        for (const stop of stops) stop();
      }),
  };

  const serve: HttpHandler = async (request) => {
    try {
      refuseForeignPages(request, options.origins ?? []);
      const rights = await rightsOf(request, options.authorize);
      if (rights instanceof Response) return rights;
      const { pathname } = new URL(request.url);
      const path = pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : "";
      const [, rest = ""] = /^\/v1\/json\/([^/]+)$/.exec(path) ?? [];
      const route = routes[`${request.method} ${rest === "" ? path : httpPaths.json}`];
      if (route === undefined || (path === httpPaths.json && rest === ""))
        throw noRoute(request.method, pathname, base, Object.keys(routes));
      return await route(request, rights, decodedSegment(rest));
    } catch (thrown) {
      return errorResponse(thrown, limits.responseBytes);
    }
  };
  return (request) => withCors(request, options.origins ?? [], () => serve(request));
}

function decodedSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new LuaSkillsError("invalid_argument", `${text} is not a percent-encoded name`, { cause });
  }
}

function lineStream(
  limits: HttpLimits,
  work: (send: (line: RemoteLine, last?: boolean) => void, signal: AbortSignal) => Promise<void>,
): Response {
  return eventStream(({ send, signal }) => work((line, last) => send(encodeWire(line), last), signal), {
    maxBytes: limits.responseBytes,
    waitingBytes: limits.waitingBytes,
    onOverflow: (error) =>
      encodeWire({ type: "outcome", outcome: { ok: false, error: boundedError(error, limits.responseBytes) } }),
  });
}

function capped(text: string, { responseBytes }: HttpLimits): Response {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= responseBytes) return new Response(bytes, { headers: { "content-type": "application/json" } });
  throw new LuaSkillsError("output_exceeded", `the answer is larger than ${responseBytes} bytes`, {
    data: { maxBytes: responseBytes },
  });
}

function noRoute(method: string, path: string, base: string, routes: readonly string[]): LuaSkillsError {
  const below = path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
  const other = routes.find((route) => path.endsWith(route.slice(route.indexOf("/"))));
  const why =
    other === undefined
      ? ""
      : below !== undefined && other.endsWith(` ${below}`)
        ? `; it is ${other.split(" ")[0]}`
        : `; this handler's paths begin with ${base || "/v1"} (createHttpHandler(runtime, { basePath }))`;
  return new LuaSkillsError(
    "not_found",
    `nothing answers ${method} ${path}${why}; the paths are listed in ${base}${httpPaths.openapi}`,
  );
}
