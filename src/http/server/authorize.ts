/**
 * Who may do what over HTTP: the host names a role or operations for a request, and every way in asks for each operation.
 * @module
 */
import { report } from "../../client/emitter.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Op } from "../../wire/ops.ts";
import { type Role, roleOfMethod, roleOfOp, roles } from "./roles.ts";

/**
 * What a request may do: nothing (false), what a role may (true is `"call"`), the named operations and roles and nothing
 * else; or a response of the host's own.
 */
export type Authorization = boolean | Role | ReadonlyArray<Role | Op> | Response;

export type Authorize = (request: Request) => Authorization | Promise<Authorization>;

/** Nobody knows who asks: 401, where a refusal to somebody known is 403. */
export class Unauthorized extends LuaSkillsError {
  constructor(message = "this request is not authorized; send the credentials of the host") {
    super("permission_denied", message);
  }
}

/** What one request may do. */
export class Rights {
  readonly #granted: ReadonlySet<Role | Op>;

  constructor(granted: ReadonlyArray<Role | Op>) {
    this.#granted = new Set(granted);
  }

  /** @throws LuaSkillsError `permission_denied` naming the operation and what it needs */
  require(op: Op): void {
    // Names no operation has are refused by whoever knows the operations.
    const role = Object.hasOwn(roleOfOp, op) ? roleOfOp[op] : "manage";
    if (this.#granted.has(op) || this.#has(role)) return;
    throw refusal(op, role);
  }

  /** A function of the native JSON API. @throws LuaSkillsError `permission_denied` */
  requireMethod(method: string): void {
    const role = roleOfMethod(method);
    if (role === undefined) {
      throw new LuaSkillsError(
        "permission_denied",
        `${method} makes or ends engines of the host's process; over HTTP there is the one engine`,
      );
    }
    if (this.#granted.has("json") || this.#has(role)) return;
    throw refusal(`json ${method}`, role);
  }

  /** Whose word the request is: only who manages the runtime speaks for the system. */
  get isSystem(): boolean {
    return this.#has("manage");
  }

  #has(role: Role): boolean {
    return roles.slice(roles.indexOf(role)).some((stronger) => this.#granted.has(stronger));
  }
}

function refusal(what: string, role: Role): LuaSkillsError {
  return new LuaSkillsError(
    "permission_denied",
    `${what} needs the role "${role}"; authorize() of the host did not give it to this request`,
    { data: { operation: what, role } },
  );
}

/** A response the host answers with instead, or what the request may do. @throws {@link Unauthorized} */
export async function rightsOf(request: Request, authorize: Authorize): Promise<Response | Rights> {
  let answer: Authorization;
  try {
    answer = await authorize(request);
  } catch (thrown) {
    // An error of ours is the host's own word to whoever asks.
    if (thrown instanceof LuaSkillsError) throw refused(thrown);
    // Whoever asks is not known yet: the text may be about the host's inside, so only the host gets it.
    report(thrown);
    throw new LuaSkillsError("internal", "the host could not decide whether this request is authorized");
  }
  if (answer instanceof Response) return answer;
  if (answer === true) return new Rights(["call"]);
  const named = typeof answer === "string" ? [answer] : Array.isArray(answer) ? (answer as Array<Role | Op>) : [];
  const granted = named.filter((each) => (roles as readonly unknown[]).includes(each) || Object.hasOwn(roleOfOp, each));
  if (granted.length === 0 || granted.length < named.length) throw new Unauthorized();
  return new Rights(granted);
}

function refused(error: LuaSkillsError): LuaSkillsError {
  return error.code === "permission_denied" ? new Unauthorized(error.message) : error;
}
