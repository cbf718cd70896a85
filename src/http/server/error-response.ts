import { LuaSkillsError } from "../../errors.ts";
import { BodyTooLarge } from "./body.ts";

/** Whatever was thrown as the body `{ error }` of OpenAPI, with the status that fits. */
export function errorResponse(thrown: unknown): Response {
  const error = LuaSkillsError.from(thrown);
  const headers = error.code === "overloaded" ? { "retry-after": "1" } : undefined;
  return Response.json({ error: error.toData() }, { status: statusOf(error), headers });
}

function statusOf(error: LuaSkillsError): number {
  if (error instanceof BodyTooLarge) return 413;
  switch (error.code) {
    case "invalid_argument":
    case "invalid_database":
      return 400;
    case "permission_denied":
      return 401;
    case "not_found":
    case "entry_not_found":
      return 404;
    case "conflict":
    case "storage_in_use":
      return 409;
    case "deadline_exceeded":
    case "budget_exceeded":
      return 504;
    case "overloaded":
    case "runtime_closed":
      return 503;
    case "quota_exceeded":
      return 507;
    default:
      return 500;
  }
}
