import { errorStatus } from "../../base/error-status.ts";
import { type ErrorData, LuaSkillsError } from "../../errors.ts";
import { Unauthorized } from "./authorize.ts";
import { BodyTooLarge } from "./body.ts";
import { UnsupportedMediaType } from "./foreign-page.ts";

/** Whatever was thrown as the body `{ error }` of OpenAPI, with the status that fits. */
export function errorResponse(thrown: unknown, maxBytes = 2 ** 20): Response {
  const error = LuaSkillsError.from(thrown);
  const headers = new Headers();
  if (error.code === "overloaded") headers.set("retry-after", "1");
  if (error instanceof Unauthorized) headers.set("www-authenticate", "Bearer");
  return Response.json({ error: boundedError(error, maxBytes) }, { status: statusOf(error), headers });
}

/** Characters of a message that is too long to be sent whole. */
const kept = 1_000;

/** The error as data within a size; Lua may raise whatever it likes. */
export function boundedError(error: LuaSkillsError, maxBytes: number): ErrorData {
  const data = error.toData();
  if (new TextEncoder().encode(JSON.stringify(data)).length <= maxBytes) return data;
  const message = `${error.message.slice(0, kept)}… (cut: the error is larger than ${maxBytes} bytes)`;
  return { code: error.code, message };
}

/** What only HTTP knows: who asks is not known, the body is too large or not JSON. */
function statusOf(error: LuaSkillsError): number {
  if (error instanceof Unauthorized) return 401;
  if (error instanceof UnsupportedMediaType) return 415;
  return error instanceof BodyTooLarge ? 413 : errorStatus[error.code].http;
}
