/** The HTTP surface as OpenAPI 3.1, from the schemas the handler validates with. */
import { remotePaths } from "../wire.ts";
import { callResultSchema, callSchema, entriesSchema, errorSchema, jsonApiSchema } from "./schemas.ts";

export const httpPaths = {
  entries: "/v1/entries",
  call: "/v1/call",
  stream: "/v1/stream",
  json: "/v1/json",
  openapi: "/v1/openapi.json",
  ...remotePaths,
} as const;

const body = (schema: object) => ({ required: true, content: { "application/json": { schema } } });
const answer = (description: string, schema: object, type = "application/json") => ({
  description,
  content: { [type]: { schema } },
});
const failures = {
  "400": answer("The request is malformed, or Lua refused the arguments", errorSchema),
  "401": answer("The host does not know who asks", errorSchema),
  "403": answer(
    "The host's authorize function did not give this request the operation, or policy refuses it",
    errorSchema,
  ),
  "404": answer("No such path or entry", errorSchema),
  "409": answer("The operation collides with one in flight, or with what is there", errorSchema),
  "413": answer("The body, the output of the skill or its memory is larger than a limit", errorSchema),
  "415": answer("The body is not sent as application/json", errorSchema),
  "422": answer("The skill failed, or a package breaks a rule", errorSchema),
  "500": answer("The engine failed", errorSchema),
  "503": answer("Overloaded or shutting down: the same request may succeed in a moment", errorSchema),
  "504": answer("The time or instruction limit of the call passed", errorSchema),
  "507": answer("The storage is full", errorSchema),
};
const events = (description: string) => answer(description, { type: "string" }, "text/event-stream");

export function openApiDocument(version: string): object {
  return {
    openapi: "3.1.0",
    info: { title: "luaskills-wasm", version, license: { name: "MIT", identifier: "MIT" } },
    paths: {
      [httpPaths.entries]: {
        get: {
          operationId: "entries",
          summary: "The registry: every callable entry, and the skills that could not be loaded",
          responses: { "200": answer("Registry", entriesSchema), ...failures },
        },
      },
      [httpPaths.call]: {
        post: {
          operationId: "call",
          summary: "Calls an entry and waits for its result",
          requestBody: body(callSchema),
          responses: { "200": answer("Result", callResultSchema), ...failures },
        },
      },
      [httpPaths.stream]: {
        post: {
          operationId: "stream",
          summary: "Calls an entry; events {type: log | progress | result | error} as they happen",
          requestBody: body(callSchema),
          responses: { "200": events("Server-sent events, the result or error last"), ...failures },
        },
      },
      [`${httpPaths.json}/{method}`]: {
        post: {
          operationId: "json",
          summary: "The native JSON API: function name without prefix and suffix",
          parameters: [{ name: "method", in: "path", required: true, schema: { type: "string" } }],
          requestBody: body(jsonApiSchema),
          responses: { "200": answer("Native envelope {ok, result | error}", jsonApiSchema), ...failures },
        },
      },
      [httpPaths.start]: {
        get: {
          operationId: "start",
          summary: "Capabilities and registry, as connectRuntime() wants them",
          responses: { "200": answer("Start", { type: "object" }), ...failures },
        },
      },
      [httpPaths.request]: {
        post: {
          operationId: "request",
          summary: "Any request of connectRuntime(); events and at last the outcome",
          requestBody: body({ type: "object" }),
          responses: { "200": events("Server-sent events"), ...failures },
        },
      },
      [httpPaths.events]: {
        get: {
          operationId: "events",
          summary: "Events of the runtime until the client leaves",
          responses: { "200": events("Server-sent events"), ...failures },
        },
      },
    },
  };
}
