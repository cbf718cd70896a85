/**
 * Who rules over what a skill may touch, and what holds where nothing was granted.
 * @module
 */
import type { DecisionRequest, SkillGrants, SkillLimits } from "../contract/contract.ts";
import type { FileAccess } from "./path-rules.ts";

export type Ruling = "allow" | "deny" | "ask";

export interface GrantDecision {
  readonly ruling: Ruling;
  /** What decided: `grants["notes"].tools`, or `default`. */
  readonly grant: string;
}

/** Action → the member of a grant set that rules over it. */
export const grantOfAction = {
  "tool.call": "tools",
  "model.call": "models",
  "skill.call": "skills",
  "skill.manage": "packages",
  "process.exec": "process",
  "network.request": "network",
} as const satisfies Record<string, keyof SkillGrants>;

export type GrantedAction = keyof typeof grantOfAction;

/** What rules: a book of grants, or {@link defaultGrants}. */
export interface GrantSource {
  decide(request: DecisionRequest & { readonly action: GrantedAction }): GrantDecision;
  files(skill: string | null, layout: FileLayout): GrantedFiles;
  modules(): Readonly<Record<string, readonly string[]>> | undefined;
  /** Limits in place of the runtime's; undefined: there are none. */
  limits(skill: string | null): Partial<SkillLimits> | undefined;
}

/** Where what the names of places stand for begins. */
export interface FileLayout {
  readonly runtimeRoot: string;
  readonly temp: string;
}

export interface GrantedFiles {
  /** Explicit globs: the host's word, which also opens places of others for reading; undefined: there are none. */
  readonly named: ((path: string) => boolean) | undefined;
  /** What a skill may do with its databases and data. */
  readonly own: FileAccess;
  /** For paths that are nobody's in particular. */
  access(path: string): FileAccess;
}

export const everywhere: GrantedFiles = { named: undefined, own: "write", access: () => "write" };

/** A runtime without the option `grants`. */
export const defaultGrants: GrantSource = {
  decide: () => ({ ruling: "allow", grant: "default" }),
  files: () => everywhere,
  modules: () => undefined,
  limits: () => undefined,
};
