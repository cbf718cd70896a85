import { version } from "../../base/version.ts";
import { eventNames, report } from "../../client/emitter.ts";
import type { SupervisedRuntime } from "../../client/supervise.ts";
import type { JsonObject } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { EngineRequest } from "../../wire/ops.ts";
import type { EngineEvent } from "../../wire/transport.ts";
import { decodeWire, encodeWire, type RemoteLine } from "../wire.ts";
import { parseBody, readBody } from "./body.ts";
import { type AllowedOrigins, withCors } from "./cors.ts";
import { errorResponse } from "./error-response.ts";
import { eventStream } from "./event-stream.ts";
import { defaultHttpLimits, type HttpLimits } from "./limits.ts";
import { httpPaths, openApiDocument } from "./openapi.ts";
import { type CallBody, callSchema, jsonApiSchema, validateBody } from "./schemas.ts";

export interface HttpOptions {
  /** Says who may: true, or false for 401, or a response of the host's own. Asked before anything is read. */
  readonly authorize: (request: Request) => boolean | Response | Promise<boolean | Response>;
  readonly limits?: Partial<HttpLimits>;
  /** Pages of these origins may ask from a browser. Default: only pages of the server's own. */
  readonly origins?: AllowedOrigins;
  /** Path before `/v1`, e.g. `/agents/7`. Default none. */
  readonly basePath?: string;
}

export type HttpHandler = (request: Request) => Promise<Response>;

/** Serves a runtime over HTTP: a small JSON surface for everybody (`/v1/openapi.json`), and what `connectRuntime` needs. */
export function createHttpHandler({ runtime, transport }: SupervisedRuntime, options: HttpOptions): HttpHandler {
  const limits = { ...defaultHttpLimits, ...options.limits };
  /** Events told to the client whose request they belong to: nobody hears them twice, nor another client at all. */
  const told = new WeakSet<object>();
  const base = options.basePath ?? "";
  const bodyOf = async (request: Request, parse?: (text: string) => unknown) =>
    parseBody(await readBody(request, limits.requestBytes), parse);

  const routes: Record<string, (request: Request, rest: string) => Promise<Response>> = {
    [`GET ${httpPaths.openapi}`]: async () => Response.json(openApiDocument(version)),
    [`GET ${httpPaths.entries}`]: async () =>
      capped(JSON.stringify({ entries: runtime.list(), problems: runtime.problems() }), limits),
    [`GET ${httpPaths.start}`]: async () =>
      capped(encodeWire({ capabilities: transport.capabilities, snapshot: transport.snapshot() }), limits),

    [`POST ${httpPaths.call}`]: async (request) => {
      const { name, args, ...call } = validateBody<CallBody>(callSchema, await bodyOf(request));
      return capped(JSON.stringify(await runtime.call(name, args, { ...call, signal: request.signal })), limits);
    },

    [`POST ${httpPaths.stream}`]: async (request) => {
      const { name, args = {}, context, timeoutMs } = validateBody<CallBody>(callSchema, await bodyOf(request));
      return eventStream(
        async ({ send, signal }) => {
          const onEvent = (event: EngineEvent) => {
            if (event.name === "log" || event.name === "progress") {
              send(JSON.stringify({ type: event.name, event: event.event }));
            }
          };
          const result = await transport.request({ op: "call", name, args, context, timeoutMs }, { signal, onEvent });
          send(JSON.stringify({ type: "result", result }));
        },
        {
          maxBytes: limits.responseBytes,
          onOverflow: (error) => JSON.stringify({ type: "error", error: error.toData() }),
        },
      );
    },

    [`POST ${httpPaths.json}`]: async (request, method) => {
      const params = validateBody<JsonObject>(jsonApiSchema, await bodyOf(request));
      return capped(JSON.stringify(await runtime.json(method, params)), limits);
    },

    [`POST ${httpPaths.request}`]: async (request) => {
      const wanted = (await bodyOf(request, decodeWire)) as EngineRequest;
      if (typeof wanted?.op !== "string") {
        throw new LuaSkillsError("invalid_argument", 'a request is an object with the member "op"');
      }
      return lineStream(limits, async (send, signal) => {
        const onEvent = ({ name, event }: EngineEvent) => {
          told.add(event);
          send({ type: "message", message: { type: "event", name, event } });
        };
        const before = transport.snapshot();
        const outcome = await transport.request(wanted, { signal, onEvent }).then(
          (value) => ({ ok: true as const, value }),
          (thrown) => ({ ok: false as const, error: LuaSkillsError.from(thrown).toData() }),
        );
        const snapshot = transport.snapshot();
        if (snapshot !== before) send({ type: "message", message: { type: "registry", snapshot } });
        send({ type: "outcome", outcome });
      });
    },

    [`GET ${httpPaths.events}`]: async () =>
      lineStream(limits, async (send, signal) => {
        const stops = eventNames.map((name) =>
          runtime.on(name, (event) => {
            if (told.has(event)) return;
            send({ type: "message", message: { type: "event", name, event } });
            if (name === "registry") {
              send({ type: "message", message: { type: "registry", snapshot: transport.snapshot() } });
            }
          }),
        );
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        for (const stop of stops) stop();
      }),
  };

  const serve: HttpHandler = async (request) => {
    try {
      const refusal = await refused(request, options.authorize);
      if (refusal) return refusal;
      const { pathname } = new URL(request.url);
      const path = pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : "";
      const [, rest = ""] = /^\/v1\/json\/([^/]+)$/.exec(path) ?? [];
      const route = routes[`${request.method} ${rest === "" ? path : httpPaths.json}`];
      if (route === undefined || (path === httpPaths.json && rest === "")) throw noRoute(request.method, pathname);
      return await route(request, decodedSegment(rest));
    } catch (thrown) {
      return errorResponse(thrown);
    }
  };
  return (request) => withCors(request, options.origins ?? [], () => serve(request));
}

/** What the host answers instead; undefined lets the request in. An `authorize` that throws lets nobody in. */
async function refused(request: Request, authorize: HttpOptions["authorize"]): Promise<Response | undefined> {
  let allowed: boolean | Response;
  try {
    allowed = await authorize(request);
  } catch (thrown) {
    if (thrown instanceof LuaSkillsError) throw thrown;
    // Whoever asks is not known yet: the text may be about the host's inside, so only the host gets it.
    report(thrown);
    throw new LuaSkillsError("internal", "the host could not decide whether this request is authorized");
  }
  if (allowed instanceof Response) return allowed;
  if (allowed === true) return undefined;
  throw new LuaSkillsError("permission_denied", "this request is not authorized; send the credentials of the host");
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
  work: (send: (line: RemoteLine) => void, signal: AbortSignal) => Promise<void>,
): Response {
  return eventStream(({ send, signal }) => work((line) => send(encodeWire(line)), signal), {
    maxBytes: limits.responseBytes,
    onOverflow: (error) => encodeWire({ type: "outcome", outcome: { ok: false, error: error.toData() } }),
  });
}

function capped(text: string, { responseBytes }: HttpLimits): Response {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= responseBytes) return new Response(bytes, { headers: { "content-type": "application/json" } });
  throw new LuaSkillsError("output_exceeded", `the answer is larger than ${responseBytes} bytes`, {
    data: { maxBytes: responseBytes },
  });
}

function noRoute(method: string, path: string): LuaSkillsError {
  return new LuaSkillsError(
    "not_found",
    `nothing answers ${method} ${path}; the paths are listed in ${httpPaths.openapi}`,
  );
}
