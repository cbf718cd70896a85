/**
 * What an engine needs once its options grant something: rulings that are not the default, the questions to the host, and the
 * answers "always", which are kept in a file of the store.
 * @module
 */
import { messageOf } from "../../base/message-of.ts";
import type { DecisionRequest, Grants, HostCallbacks, LogEvent, StandingGrant } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type GrantedAction, type GrantSource, grantOfAction, type Ruling } from "../../policy/grant-source.ts";
import { GrantBook } from "../../policy/grants.ts";
import type { Refusal } from "../../policy/refusal.ts";
import { readTextIfPresent, reasonText, replaceText } from "../../skills/vfs-text.ts";
import type { Vfs } from "../../vfs/interface.ts";

export interface AnswerParts {
  readonly vfs: Vfs;
  /** Where answers "always" are kept. */
  readonly file: string;
  readonly decide: HostCallbacks["decide"];
  now(): number;
  log(event: LogEvent): void;
  report(request: DecisionRequest, result: "allow" | "deny", grant: string): void;
}

export interface GrantedRequest extends DecisionRequest {
  readonly action: GrantedAction;
}

export interface Granted {
  readonly source: GrantSource;
  answers(parts: AnswerParts): GrantAnswers;
}

/** @throws LuaSkillsError `invalid_argument` naming the skill and the member */
export function granted(grants: Grants): Granted {
  return { source: new GrantBook(grants), answers: (parts) => new GrantAnswers(parts) };
}

export class GrantAnswers {
  readonly #parts: AnswerParts;
  #kept: Map<string, StandingGrant> | undefined;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  /**
   * Undefined when it is allowed. Waits only for a host that is asked.
   * @throws LuaSkillsError `aborted`
   */
  settle(
    request: GrantedRequest,
    ruling: Ruling,
    grant: string,
    signal: AbortSignal,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    return ruling === "ask" ? this.#ask(request, grant, signal) : this.#answer(request, ruling, grant);
  }

  /** What the host has answered "always" to, oldest first. */
  list(): StandingGrant[] {
    return [...this.#standing().values()];
  }

  /** Takes an answer back, or with members left out all that match; says whether there was one. */
  revoke({ skill, action, resource }: { skill: string | null; action?: string; resource?: string }): boolean {
    const kept = this.#standing();
    const gone = [...kept].filter(
      ([, each]) =>
        each.skill === skill &&
        (action ?? each.action) === each.action &&
        (resource ?? each.resource) === each.resource,
    );
    for (const [key] of gone) kept.delete(key);
    if (gone.length > 0) this.#save();
    return gone.length > 0;
  }

  async #ask(request: GrantedRequest, grant: string, signal: AbortSignal): Promise<Refusal | undefined> {
    if (this.#standing().has(keyOf(request))) return this.#answer(request, "allow", grant);
    let answer: unknown;
    try {
      answer = await this.#parts.decide?.(request, { signal, skill: request.skill });
    } catch (thrown) {
      if (signal.aborted)
        throw new LuaSkillsError("aborted", "the call was stopped while its host was asked", { cause: thrown });
      // For the host alone: Lua hears that it was denied.
      const message = `${request.action} "${request.resource}" of ${request.skill ?? "code without a skill"} is denied: decide failed: ${messageOf(thrown)}`;
      this.#parts.log({ level: "error", message });
      answer = "deny";
    }
    if (answer === "always") {
      this.#standing().set(keyOf(request), { ...request, since: this.#parts.now() });
      this.#save();
    }
    return this.#answer(request, answer === "once" || answer === "always" ? "allow" : "deny", grant);
  }

  #answer(request: GrantedRequest, result: "allow" | "deny", grant: string): Refusal | undefined {
    this.#parts.report(request, result, grant);
    if (result === "allow") return undefined;
    const { skill, action, resource } = request;
    const allows = `grants[${JSON.stringify(skill ?? "*")}].${grantOfAction[action]}`;
    const text = `permission denied: ${action} "${resource}" (${grant} does not allow it; ${allows} would)`;
    return { ...request, grant: allows, text };
  }

  #standing(): Map<string, StandingGrant> {
    this.#kept ??= this.#load();
    return this.#kept;
  }

  /** A file that cannot be read grants nothing. */
  #load(): Map<string, StandingGrant> {
    const { vfs, file, log } = this.#parts;
    try {
      const text = readTextIfPresent(vfs, file);
      const { always = [] } = text === undefined ? {} : (JSON.parse(text) as { always?: unknown[] });
      return new Map(always.filter(isStanding).map((each) => [keyOf(each), each]));
    } catch (thrown) {
      log({
        level: "warn",
        message: `[LuaSkill:warn] ${file} is not readable, nothing in it counts: ${reasonText(thrown)}`,
      });
      return new Map();
    }
  }

  #save(): void {
    const { vfs, file } = this.#parts;
    replaceText(vfs, file, `${JSON.stringify({ version: 1, always: this.list() }, undefined, 2)}\n`);
  }
}

const keyOf = ({ skill, action, resource }: DecisionRequest): string => JSON.stringify([skill, action, resource]);

function isStanding(value: unknown): value is StandingGrant {
  const { skill, action, resource, since } = (value ?? {}) as Partial<StandingGrant>;
  const texts = typeof action === "string" && typeof resource === "string" && typeof since === "number";
  return texts && (skill === null || typeof skill === "string");
}
