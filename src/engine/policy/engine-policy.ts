/**
 * The policy of one engine: what each skill may do, asked by whoever has an effect, with every refusal reported.
 * @module
 */
import { joinPath } from "../../base/path-text.ts";
import { join, normalise } from "../../base/paths.ts";
import type { DecisionRequest, SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { FileGuard } from "../../host/fs/skill-files.ts";
import { chargeOutput, type HostRun } from "../../host/run.ts";
import type { Limits } from "../../limits.ts";
import { FileRules, type Place } from "../../policy/file-rules.ts";
import { defaultGrants, type GrantedAction, type GrantSource } from "../../policy/grant-source.ts";
import type { PathRules } from "../../policy/path-rules.ts";
import type { Refusal } from "../../policy/refusal.ts";
import type { GrantAnswers } from "./granted.ts";
import type { EnginePolicyOptions, Subject } from "./policy-options.ts";
import { fileRules, temporaryFolder } from "./skill-places.ts";
import type { SkillQuotas } from "./skill-quotas.ts";

export class EnginePolicy {
  readonly grants: GrantSource;
  readonly #options: EnginePolicyOptions;
  /** Where answers are kept: no code of skills gets at it, however much they share. */
  readonly #file: string;
  #quotas: SkillQuotas | undefined;
  #rules = new Map<Subject | undefined, PathRules | null>();
  /** What the rules were made from. */
  #rulesFor: { readonly chain: readonly SkillRoot[]; readonly config: string | undefined } | undefined;
  /** Present when something is granted. */
  readonly answers: GrantAnswers | undefined;

  constructor(options: EnginePolicyOptions) {
    this.#options = options;
    const { granted, settings, vfs, decide, now, log } = options;
    const { runtimeRoot, hostOptions } = settings;
    this.#file = join(runtimeRoot, hostOptions.stateDirName, "grants.json");
    this.grants = granted?.source ?? defaultGrants;
    this.answers = granted?.answers({
      vfs,
      file: this.#file,
      decide,
      now,
      log,
      report: (request, result, grant) => this.report(request, result, grant),
    });
  }

  /** Where temporary files are. */
  get temp(): string {
    const { hostOptions, runtimeRoot } = this.#options.settings;
    return hostOptions.tempDir ?? joinPath(runtimeRoot, "temp");
  }

  /** Undefined: where everybody's are. */
  temporaryFolderOf(subject: Subject): string | undefined {
    return subject === null || !this.#options.settings.isolated ? undefined : temporaryFolder(this.temp, subject);
  }

  /**
   * `undefined` is the page itself. For it, and for all code under `isolation: "shared"`, nothing is kept apart but answers and
   * read-only roots: without those there are no rules.
   */
  filesOf(subject: Subject | undefined): PathRules | undefined {
    const { settings, roots, configFile, isSkill, vfs, ruled } = this.#options;
    const [chain, config] = [roots(), configFile()];
    if (this.#rulesFor?.chain !== chain || this.#rulesFor.config !== config) {
      this.#rules = new Map();
      this.#rulesFor = { chain, config };
    }
    const known = this.#rules.get(subject);
    if (known !== undefined) return known ?? undefined;
    let rules: PathRules | undefined;
    if (subject === undefined || !settings.isolated) {
      const places: Place[] = chain.flatMap(({ readOnly, skills_dir: path }) =>
        readOnly === true ? { path, access: "read" } : [],
      );
      if (subject !== undefined && this.answers) places.push({ path: this.#file, access: "none" });
      rules = places.length > 0 ? new FileRules({ places, elsewhere: () => "write" }) : undefined;
    } else {
      const { runtimeRoot, hostOptions } = settings;
      const { temp } = this;
      const places = { runtimeRoot, temp, hostOptions, answers: this.#file, roots: chain, configFile: config, isSkill };
      rules = fileRules(subject, this.grants.files(subject, { runtimeRoot, temp }), places);
    }
    if (rules) rules = ruled?.(rules, vfs) ?? rules;
    this.#rules.set(subject, rules ?? null);
    return rules;
  }

  /** The page may do everything with files, but what is in a read-only root stays as it is. */
  readonly ofPage: FileGuard = {
    subject: () => null,
    rules: () => this.filesOf(undefined),
    ledger: () => undefined,
    denied: (_action, path) => {
      const held = this.#options.roots().find(({ readOnly, skills_dir: dir }) => readOnly && overlap(path, dir));
      throw new LuaSkillsError("permission_denied", `${path} is not changed: the root '${held?.name}' is read-only`, {
        data: { path, root: held?.name },
      });
    },
  };

  /** Both are asked at each operation. What is refused without end fills the page's memory: it counts as output of the run. */
  guard(subject: () => Subject, run: () => HostRun | undefined = () => undefined): FileGuard {
    return {
      subject,
      rules: () => this.filesOf(subject()),
      ledger: () => this.#quotas?.ledgerOf(subject(), run),
      denied: (action, path, text) => {
        const request = { skill: subject(), action, resource: path };
        chargeOutput(run(), path);
        run()?.refused({ ...request, text, grant: this.#fileGrant(request) });
        this.report(request, "deny", "files");
      },
    };
  }

  /**
   * Undefined when it is allowed. Waits only for a host that is asked.
   * @throws LuaSkillsError `aborted`
   */
  refusal(
    subject: Subject,
    action: GrantedAction,
    resource: string,
    signal: AbortSignal,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    const request = { skill: subject, action, resource };
    const { ruling, grant } = this.grants.decide(request);
    if (this.answers) return this.answers.settle(request, ruling, grant, signal);
    this.report(request, "allow", grant);
  }

  /** @throws LuaSkillsError `permission_denied` */
  async require(subject: Subject, action: GrantedAction, resource: string, signal: AbortSignal): Promise<void> {
    const refusal = await this.refusal(subject, action, resource, signal);
    if (!refusal) return;
    const { text, grant } = refusal;
    throw new LuaSkillsError("permission_denied", text, { data: { skill: subject, action, resource, grant } });
  }

  /** What holds for the calls of a skill, and for what it holds. */
  limitsOf(subject: Subject): Limits {
    const { limits } = this.#options.settings;
    const own = this.grants.limits(subject);
    return own ? { ...limits, ...own } : limits;
  }

  /** Before the first code of a skill runs: a runtime without skills fetches nothing that counts. */
  async beginCounting(): Promise<void> {
    if (!this.#options.settings.isolated) return;
    const { SkillQuotas } = await import("./skill-quotas.ts");
    this.#quotas ??= new SkillQuotas(this.#options, this.temp, (skill) => this.limitsOf(skill));
  }

  /** False: it has said enough for now. */
  mayLog(subject: Subject, text: string): boolean {
    return this.#quotas?.mayLog(subject, text) ?? true;
  }

  /** Packages, the engine's own files and the data of others no grant lets anybody write. */
  #fileGrant({ skill, action, resource }: DecisionRequest): string | undefined {
    const member = action === "file.write" ? "write" : "read";
    if (member === "write" && this.filesOf(skill)?.isOwned(resource)) return undefined;
    return `grants[${JSON.stringify(skill ?? "*")}].files.${member}`;
  }

  /** Tells the host of a decision. */
  report(request: DecisionRequest, result: "allow" | "deny", grant: string): void {
    const { report, now, settings } = this.#options;
    if (result === "allow" && settings.given.decisions !== "all") return;
    report({ at: now(), ...request, result, grant });
  }
}

/** Whether one of them is within the other. */
const overlap = (path: string, directory: string): boolean => {
  const [a, b] = [`${normalise(path)}/`, `${normalise(directory)}/`];
  return a.startsWith(b) || b.startsWith(a);
};
