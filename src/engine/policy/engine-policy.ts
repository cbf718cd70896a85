/**
 * The policy of one engine: what each skill may do, asked by whoever has an effect, with every refusal reported.
 * @module
 */
import { joinPath } from "../../base/path-text.ts";
import { basename, join } from "../../base/paths.ts";
import type { DecisionEvent, DecisionRequest, HostCallbacks, LogEvent, SkillRoot } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { FileLedger } from "../../host/fs/file-ledger.ts";
import type { FileGuard } from "../../host/fs/skill-files.ts";
import { chargeOutput, type HostRun } from "../../host/run.ts";
import { FileRules } from "../../policy/file-rules.ts";
import { defaultGrants, type GrantedAction, type GrantSource } from "../../policy/grant-source.ts";
import type { Refusal } from "../../policy/refusal.ts";
import { type SqlAction, sqlRefusal } from "../../policy/sql-rules.ts";
import { osTexts, type Vfs } from "../../vfs/interface.ts";
import type { EngineSettings } from "../settings.ts";
import type { GrantAnswers, Granted } from "./granted.ts";
import { fileRules, ownFolders, temporaryFolder } from "./skill-places.ts";

export interface EnginePolicyOptions {
  readonly granted: Granted | undefined;
  readonly vfs: Vfs;
  readonly settings: EngineSettings;
  readonly configFile: () => string | undefined;
  readonly roots: () => readonly SkillRoot[];
  readonly isSkill: (id: string) => boolean;
  readonly decide: HostCallbacks["decide"];
  readonly now: () => number;
  readonly log: (event: LogEvent) => void;
  report(event: DecisionEvent): void;
}

/** Whose code it is: a skill's id, null for code without one. */
export type Subject = string | null;

export class EnginePolicy {
  readonly grants: GrantSource;
  readonly #options: EnginePolicyOptions;
  /** Where answers are kept: no code of skills gets at it, however much they share. */
  readonly #file: string;
  readonly #ledgers = new Map<string, FileLedger>();
  #Ledger: typeof FileLedger | undefined;
  #exceeding: () => HostRun | undefined = () => undefined;
  #sharedRules: FileRules | undefined;
  #rules = new Map<Subject, FileRules>();
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
      report: (request, result, grant) => this.#report(request, result, grant),
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

  /** Under `isolation: "shared"` nothing is kept apart, and there are none unless answers are kept. */
  filesOf(subject: Subject): FileRules | undefined {
    const { settings, roots, configFile, isSkill } = this.#options;
    if (!settings.isolated) {
      this.#sharedRules ??= new FileRules({
        places: [{ path: this.#file, access: "none" }],
        elsewhere: () => "write",
      });
      return this.answers && this.#sharedRules;
    }
    const [chain, config] = [roots(), configFile()];
    if (this.#rulesFor?.chain !== chain || this.#rulesFor.config !== config) {
      this.#rules = new Map();
      this.#rulesFor = { chain, config };
    }
    let rules = this.#rules.get(subject);
    if (!rules) {
      const { runtimeRoot, hostOptions } = settings;
      const { temp } = this;
      const places = { runtimeRoot, temp, hostOptions, answers: this.#file, roots: chain, configFile: config, isSkill };
      rules = fileRules(subject, this.grants.files(subject, { runtimeRoot, temp }), places);
      this.#rules.set(subject, rules);
    }
    return rules;
  }

  /** Whether the skill whose database is `own` may open the file at `path` through SQL. */
  mayOpenDatabase(own: string, path: string): boolean {
    const skill = skillOfDatabase(own);
    const allowed = (this.filesOf(skill)?.access(path) ?? "write") === "write";
    if (!allowed) this.#report({ skill, action: "file.write", resource: path }, "deny", "files");
    return allowed;
  }

  /** The text of a refusal of SQL; undefined when it is allowed. */
  decideSql(own: string, action: SqlAction, resource: string, hasValue: boolean): string | undefined {
    const refusal = sqlRefusal(action, resource, hasValue);
    if (refusal !== undefined) this.#report({ skill: skillOfDatabase(own), action, resource }, "deny", "default");
    return refusal;
  }

  /** Both are asked at each operation. What is refused without end fills the page's memory: it counts as output of the run. */
  guard(subject: () => Subject, run: () => HostRun | undefined = () => undefined): FileGuard {
    return {
      subject,
      rules: () => this.filesOf(subject()),
      ledger: () => this.#ledgerOf(subject(), run),
      denied: (action, path, text) => {
        const request = { skill: subject(), action, resource: path };
        chargeOutput(run(), path);
        run()?.refused({ ...request, text, grant: this.#fileGrant(request) });
        this.#report(request, "deny", "files");
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
    this.#report(request, "allow", grant);
  }

  /** @throws LuaSkillsError `permission_denied` */
  async require(subject: Subject, action: GrantedAction, resource: string, signal: AbortSignal): Promise<void> {
    const refusal = await this.refusal(subject, action, resource, signal);
    if (!refusal) return;
    const { text, grant } = refusal;
    throw new LuaSkillsError("permission_denied", text, { data: { skill: subject, action, resource, grant } });
  }

  /** Before the first code of a skill runs: a runtime without skills fetches nothing that counts. */
  async countFiles(): Promise<void> {
    this.#Ledger ??= (await import("../../host/fs/file-ledger.ts")).FileLedger;
  }

  /** One for each skill; what is exceeded is told to the run of that moment. */
  #ledgerOf(subject: Subject, run: () => HostRun | undefined): FileLedger | undefined {
    const { settings, vfs, roots } = this.#options;
    if (subject === null || !settings.isolated || !this.#Ledger) return undefined;
    this.#exceeding = run;
    let ledger = this.#ledgers.get(subject);
    if (!ledger) {
      const { limits } = settings;
      ledger = new this.#Ledger(vfs, ownFolders(subject, this.temp, settings, roots()), limits, (limit) => {
        const text = limit === "skillHandles" ? "Too many open files" : osTexts.ENOSPC;
        this.#exceeding()?.refused({ skill: subject, limit, value: limits[limit], text });
      });
      this.#ledgers.set(subject, ledger);
    }
    return ledger;
  }

  /** Packages, the engine's own files and the data of others no grant lets anybody write. */
  #fileGrant({ skill, action, resource }: DecisionRequest): string | undefined {
    const member = action === "file.write" ? "write" : "read";
    if (member === "write" && this.filesOf(skill)?.isOwned(resource)) return undefined;
    return `grants[${JSON.stringify(skill ?? "*")}].files.${member}`;
  }

  #report(request: DecisionRequest, result: "allow" | "deny", grant: string): void {
    const { report, now, settings } = this.#options;
    if (result === "allow" && settings.given.decisions !== "all") return;
    report({ at: now(), ...request, result, grant });
  }
}

const skillOfDatabase = (path: string): string => basename(path).replace(/\.sqlite3$/, "");
