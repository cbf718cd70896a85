/**
 * The policy of one engine: what each skill may do, asked by whoever has an effect, with every refusal reported.
 * @module
 */
import { basename } from "../../base/paths.ts";
import type { DecisionEvent, DecisionRequest, HostCallbacks, SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { FileGuard } from "../../host/fs/skill-files.ts";
import type { FileRules } from "../../policy/file-rules.ts";
import { type GrantedAction, type GrantSource, grantOfAction } from "../../policy/grant-source.ts";
import type { EngineSettings } from "../settings.ts";
import { fileRules } from "./skill-places.ts";

export interface EnginePolicyOptions {
  readonly grants: GrantSource;
  readonly settings: EngineSettings;
  readonly configFile: () => string | undefined;
  readonly roots: () => readonly SkillRoot[];
  readonly isSkill: (id: string) => boolean;
  readonly decide: HostCallbacks["decide"];
  readonly now: () => number;
  report(event: DecisionEvent): void;
}

/** Whose code it is: a skill's id, null for code without one. */
export type Subject = string | null;

export class EnginePolicy {
  readonly grants: GrantSource;
  readonly #options: EnginePolicyOptions;
  #rules = new Map<Subject, FileRules>();
  /** What the rules were made from. */
  #rulesFor: { readonly chain: readonly SkillRoot[]; readonly config: string | undefined } | undefined;
  /** Answers "always", by skill, action and resource. */
  readonly #always = new Map<string, DecisionRequest>();

  constructor(options: EnginePolicyOptions) {
    this.#options = options;
    this.grants = options.grants;
  }

  /** Undefined under `isolation: "shared"`, where nothing is kept apart. */
  filesOf(subject: Subject): FileRules | undefined {
    const { settings, roots, configFile, isSkill } = this.#options;
    if (!settings.isolated) return undefined;
    const [chain, config] = [roots(), configFile()];
    if (this.#rulesFor?.chain !== chain || this.#rulesFor.config !== config) {
      this.#rules = new Map();
      this.#rulesFor = { chain, config };
    }
    let rules = this.#rules.get(subject);
    if (!rules) {
      const { runtimeRoot, hostOptions } = settings;
      rules = fileRules(
        subject,
        this.grants.files(subject, { runtimeRoot, temp: hostOptions.tempDir ?? `${runtimeRoot}/temp` }),
        {
          runtimeRoot,
          hostOptions,
          roots: chain,
          configFile: config,
          isSkill,
        },
      );
      this.#rules.set(subject, rules);
    }
    return rules;
  }

  /** Whether the skill whose database is `own` may open the file at `path` through SQL. */
  mayOpenDatabase(own: string, path: string): boolean {
    const skill = basename(own).replace(/\.sqlite3$/, "");
    const allowed = (this.filesOf(skill)?.access(path) ?? "write") === "write";
    if (!allowed) this.#report({ skill, action: "file.write", resource: path }, "deny", "files");
    return allowed;
  }

  /** `subject` is asked at each operation. */
  guard(subject: () => Subject): FileGuard {
    return {
      rules: () => this.filesOf(subject()),
      denied: (action, path) => this.#report({ skill: subject(), action, resource: path }, "deny", "files"),
    };
  }

  /**
   * Undefined when it is allowed, else what to tell the program. Waits only for a host that is asked.
   * @throws LuaSkillsError `aborted`
   */
  refusal(
    subject: Subject,
    action: GrantedAction,
    resource: string,
    signal: AbortSignal,
  ): string | undefined | Promise<string | undefined> {
    const request = { skill: subject, action, resource };
    const { ruling, grant } = this.grants.decide(request);
    if (ruling === "ask") return this.#ask(request, grant, signal);
    return this.#settle(request, ruling, grant);
  }

  /** @throws LuaSkillsError `permission_denied` */
  async require(subject: Subject, action: GrantedAction, resource: string, signal: AbortSignal): Promise<void> {
    const text = await this.refusal(subject, action, resource, signal);
    if (text !== undefined) throw new LuaSkillsError("permission_denied", text, { data: { action, resource } });
  }

  /** What hosts have answered "always" to. */
  standing(): DecisionRequest[] {
    return [...this.#always.values()];
  }

  /** Answers whether there was one. */
  revoke(request: DecisionRequest): boolean {
    return this.#always.delete(keyOf(request));
  }

  async #ask(
    request: DecisionRequest & { readonly action: GrantedAction },
    grant: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (this.#always.has(keyOf(request))) return this.#settle(request, "allow", grant);
    const { decide } = this.#options;
    let answer: unknown;
    try {
      answer = await decide?.(request, { signal });
    } catch (thrown) {
      if (signal.aborted)
        throw new LuaSkillsError("aborted", "the call was stopped while its host was asked", { cause: thrown });
      answer = "deny";
    }
    if (answer === "always") this.#always.set(keyOf(request), request);
    return this.#settle(request, answer === "once" || answer === "always" ? "allow" : "deny", grant);
  }

  #settle(
    request: DecisionRequest & { readonly action: GrantedAction },
    result: "allow" | "deny",
    grant: string,
  ): string | undefined {
    this.#report(request, result, grant);
    if (result === "allow") return undefined;
    const { skill, action, resource } = request;
    const who = JSON.stringify(skill ?? "*");
    return `permission denied: ${action} "${resource}" (${grant} does not allow it; grants[${who}].${grantOfAction[action]} would)`;
  }

  #report(request: DecisionRequest, result: "allow" | "deny", grant: string): void {
    const { report, now, settings } = this.#options;
    if (result === "allow" && settings.given.decisions !== "all") return;
    report({ at: now(), ...request, result, grant });
  }
}

const keyOf = ({ skill, action, resource }: DecisionRequest): string => JSON.stringify([skill, action, resource]);
