/**
 * What one skill holds in the tree and says in the log, counted over all its calls. Loaded with the first skill.
 * @module
 */
import { join } from "../../base/paths.ts";
import type { SkillRoot } from "../../contract/contract.ts";
import { FileLedger } from "../../host/fs/file-ledger.ts";
import { type HostRun, messageCost } from "../../host/run.ts";
import type { Limits } from "../../limits.ts";
import { stateDirOf } from "../../skills/registry/roots.ts";
import { osTexts } from "../../vfs/interface.ts";
import type { EnginePolicyOptions, Subject } from "./policy-options.ts";
import { dataFolder, type SkillPlacesOptions, temporaryFolder } from "./skill-places.ts";

/** Milliseconds over which what a skill logs is counted. */
const logSpanMs = 60_000;

/** What one skill has logged in the span that began at `since`. */
interface LogShare {
  since: number;
  bytes: number;
  told: boolean;
}

export class SkillQuotas {
  readonly #ledgers = new Map<string, FileLedger>();
  readonly #logs = new Map<string, LogShare>();
  #exceeding: () => HostRun | undefined = () => undefined;

  constructor(
    private readonly options: EnginePolicyOptions,
    private readonly temp: string,
    private readonly limitsOf: (skill: string) => Limits,
  ) {}

  /** One for each skill; what is exceeded is told to the run of that moment. */
  ledgerOf(subject: Subject, run: () => HostRun | undefined): FileLedger | undefined {
    if (subject === null) return undefined;
    this.#exceeding = run;
    let ledger = this.#ledgers.get(subject);
    if (!ledger) {
      const { settings, vfs, roots } = this.options;
      const limits = this.limitsOf(subject);
      ledger = new FileLedger(vfs, ownFolders(subject, this.temp, settings, roots()), limits, (limit) => {
        const text = limit === "skillHandles" ? "Too many open files" : osTexts.ENOSPC;
        this.#exceeding()?.refused({ skill: subject, limit, value: limits[limit], text });
      });
      this.#ledgers.set(subject, ledger);
    }
    return ledger;
  }

  /** False for what is beyond `limits.skillLogBytes`; the log says once in a span that something is missing. */
  mayLog(subject: Subject, text: string): boolean {
    if (subject === null) return true;
    const { skillLogBytes } = this.limitsOf(subject);
    const now = this.options.now();
    let share = this.#logs.get(subject);
    if (!share || Math.abs(now - share.since) >= logSpanMs) {
      share = { since: now, bytes: 0, told: false };
      this.#logs.set(subject, share);
    }
    share.bytes += messageCost(text);
    if (share.bytes <= skillLogBytes) return true;
    if (!share.told) {
      share.told = true;
      const more = `grants[${JSON.stringify(subject)}].limits.skillLogBytes allows more`;
      this.options.log({
        level: "warn",
        message: `[LuaSkill:warn] '${subject}' has logged more than it may in a minute: the rest of it is dropped (limits.skillLogBytes is ${skillLogBytes}; ${more})`,
      });
    }
    return false;
  }
}

/** The folders whose files are a skill's alone and count for it, databases apart. */
function ownFolders(
  skillId: string,
  temp: string,
  { runtimeRoot, hostOptions }: Pick<SkillPlacesOptions, "runtimeRoot" | "hostOptions">,
  roots: readonly SkillRoot[],
): string[] {
  const states = roots.map((root) => join(stateDirOf(root, hostOptions), dataFolder, skillId));
  return [...new Set([...states, join(runtimeRoot, dataFolder, skillId), temporaryFolder(temp, skillId)])];
}
