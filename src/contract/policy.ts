/**
 * What skills may touch: the option `grants`, the questions a host is asked, and the decisions it hears of.
 * @module
 */
import type { SkillLimits } from "./skill-limits.ts";

export type { SkillLimits } from "./skill-limits.ts";

/**
 * Which resources of one kind a skill may use: all (`true`), none (`false`), after asking (`"ask"`), or those whose names match
 * a pattern with `*`. A deny wins over an ask, an ask over an allow; what no list names is denied.
 */
export type Grant =
  | boolean
  | "ask"
  | readonly string[]
  | { readonly allow?: readonly string[]; readonly ask?: readonly string[]; readonly deny?: readonly string[] };

/**
 * Files as globs (`**`, `*`, `?`) below the runtime root or as absolute paths, or as places by name: `own` (the skill's package,
 * databases and data), `shared` (what nobody owns below the runtime root), `temp`, `work` (everything outside the runtime root).
 * What may be written may be read. Package code and the engine's own files are never writable.
 */
export interface FileGrants {
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

export interface SkillGrants {
  /** `true`: the places `own`, `shared`, `temp` and `work`, which is the default; `false`: `own` alone. */
  readonly files?: boolean | FileGrants;
  /** Host tools by name. Default all. */
  readonly tools?: Grant;
  /** `embed` and `llm`. Default all. */
  readonly models?: Grant;
  /** Other skills, by skill id. Default all. */
  readonly skills?: Grant;
  /** `vulcan.runtime.skills.*` as `<action>` or `<action>:<skill id>`: `["enable:*"]`. Default all, where the host lends it. */
  readonly packages?: Grant;
  /** Programs by name. Default all that the provider runs. */
  readonly process?: Grant;
  /** Addresses for modules that reach the network. Default all that the runtime's own allow-list lets through. */
  readonly network?: Grant;
  /** Host modules by name. Default none. */
  readonly modules?: readonly string[];
  /**
   * Limits of this skill in place of the runtime's, lower or higher: each one by itself, the skill's own before those of `"*"`.
   * What the runtime bounds for all skills together (`vfsBytes`, `cacheBytes`, `sqliteMemoryBytes`, …) stands.
   */
  readonly limits?: Partial<SkillLimits>;
}

/** By skill id, `"*"` for every skill and for code without one. A list is short for `{ modules }`, `true` for the defaults. */
export type Grants = Readonly<Record<string, SkillGrants | readonly string[] | boolean>>;

export interface DecisionRequest {
  /** Null for code without a skill (`runLua`, `luaexec`). Known to the engine, never taken from Lua. */
  readonly skill: string | null;
  /** `tool.call`, `model.call`, `skill.call`, `skill.manage`, `process.exec`, `network.request`, `file.read`, `file.write`. */
  readonly action: string;
  /** A tool's name, a skill id, a path, … */
  readonly resource: string;
}

/** How a host answers an `ask`; `"always"` is kept for the skill, action and resource until it is revoked. */
export type DecisionAnswer = "once" | "always" | "deny";

/** An answer `"always"` that stands. */
export interface StandingGrant extends DecisionRequest {
  /** Unix milliseconds. */
  readonly since: number;
}

/** What the host has answered `"always"` to: kept in the store, out of reach of skills, until it is revoked. */
export interface RuntimeGrants {
  /** Of one skill (null: of code without one), or of all. */
  list(skill?: string | null): Promise<StandingGrant[]>;
  /**
   * Takes an answer back; with `action` or `resource` left out, all that match. Says whether there was one. An uninstalled skill
   * loses its own.
   */
  revoke(grant: {
    readonly skill: string | null;
    readonly action?: string;
    readonly resource?: string;
  }): Promise<boolean>;
}

export interface DecisionEvent extends DecisionRequest {
  /** Unix milliseconds. */
  readonly at: number;
  readonly result: "allow" | "deny";
  /** The grant that decided, e.g. `grants["notes"].tools`, or `default`. */
  readonly grant: string;
}

/**
 * `permissions` of `skill.yaml`: what a package needs, in the words of {@link SkillGrants}. It grants nothing; what is new in it is
 * asked for when the package is installed or updated.
 */
export type SkillPermissions = {
  readonly files?: { readonly read?: string[]; readonly write?: string[] };
  readonly tools?: string[];
  readonly models?: string[];
  readonly skills?: string[];
  readonly packages?: string[];
  readonly process?: string[];
  readonly network?: string[];
  readonly modules?: string[];
};
