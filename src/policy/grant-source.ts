/**
 * Who rules over what a skill may touch, and what holds where nothing was granted.
 * @module
 */
import type { DecisionRequest, FileGrants, SkillGrants } from "../contract/contract.ts";

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
  "process.exec": "process",
  "network.request": "network",
} as const satisfies Record<string, keyof SkillGrants>;

export type GrantedAction = keyof typeof grantOfAction;

/** What rules: a book of grants, or {@link defaultGrants}. */
export interface GrantSource {
  decide(request: DecisionRequest & { readonly action: GrantedAction }): GrantDecision;
  files(skill: string | null): FileGrants;
  modules(): Readonly<Record<string, readonly string[]>> | undefined;
}

export const defaultFiles: FileGrants = { write: ["own", "shared", "temp", "work"] };

/** A runtime without the option `grants`. */
export const defaultGrants: GrantSource = {
  decide: () => ({ ruling: "allow", grant: "default" }),
  files: () => defaultFiles,
  modules: () => undefined,
};
