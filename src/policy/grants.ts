/**
 * The option `grants`, checked and asked: one answer to each request. Pure; who asks carries it out and reports it.
 * @module
 */
import type { DecisionRequest, Grant, Grants, SkillGrants, SkillLimits } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import {
  everywhere,
  type FileLayout,
  type GrantDecision,
  type GrantedAction,
  type GrantedFiles,
  type GrantSource,
  grantOfAction,
  type Ruling,
} from "./grant-source.ts";
import { grantedFiles } from "./granted-files.ts";
import { anyOf } from "./pattern.ts";
import { skillLimits } from "./skill-limits.ts";

const members = ["files", "limits", "modules", ...Object.values(grantOfAction)];

/** One member of one set, with its patterns taken apart. */
interface Rule {
  readonly grant: string;
  ruling(resource: string): Ruling;
}

const byDefault: GrantDecision = { ruling: "allow", grant: "default" };

export class GrantBook implements GrantSource {
  readonly #sets = new Map<string, SkillGrants>();
  /** By skill and member. */
  readonly #rules = new Map<string, ReadonlyMap<string, Rule>>();

  /** @throws LuaSkillsError `invalid_argument` naming the skill and the member */
  constructor(given: Grants = {}) {
    for (const [skill, value] of Object.entries(given)) {
      const set = checkedSet(skill, value);
      this.#sets.set(skill, set);
      this.#rules.set(skill, rulesOf(skill, set));
    }
  }

  decide({ skill, action, resource }: DecisionRequest & { readonly action: GrantedAction }): GrantDecision {
    const member = grantOfAction[action];
    const rule = this.#rules.get(skill ?? "*")?.get(member) ?? this.#rules.get("*")?.get(member);
    return rule ? { ruling: rule.ruling(resource), grant: rule.grant } : byDefault;
  }

  files(skill: string | null, layout: FileLayout): GrantedFiles {
    const files = this.#sets.get(skill ?? "*")?.files ?? this.#sets.get("*")?.files;
    if (files === undefined || files === true) return everywhere;
    return grantedFiles(files === false ? { write: ["own"] } : files, layout);
  }

  /** The grants of host modules alone, in their own form; undefined when nothing grants any. */
  modules(): Readonly<Record<string, readonly string[]>> | undefined {
    const lists = [...this.#sets].flatMap(([skill, { modules }]) => (modules === undefined ? [] : [[skill, modules]]));
    return lists.length === 0 ? undefined : Object.fromEntries(lists);
  }

  limits(skill: string | null): Partial<SkillLimits> | undefined {
    const own = this.#sets.get(skill ?? "*")?.limits;
    const common = this.#sets.get("*")?.limits;
    return own && common ? { ...common, ...own } : (own ?? common);
  }
}

function rulesOf(skill: string, set: SkillGrants): ReadonlyMap<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const member of Object.values(grantOfAction)) {
    const grant = set[member];
    if (grant !== undefined) {
      rules.set(member, { grant: `grants[${JSON.stringify(skill)}].${member}`, ruling: rulingOf(grant) });
    }
  }
  return rules;
}

function rulingOf(grant: Grant): Rule["ruling"] {
  if (typeof grant === "boolean") return () => (grant ? "allow" : "deny");
  if (grant === "ask") return () => grant;
  const lists = isList(grant) ? { allow: grant } : grant;
  const [allow, ask, deny] = [anyOf(lists.allow ?? []), anyOf(lists.ask ?? []), anyOf(lists.deny ?? [])];
  return (resource) => (deny(resource) ? "deny" : ask(resource) ? "ask" : allow(resource) ? "allow" : "deny");
}

function checkedSet(skill: string, value: Grants[string]): SkillGrants {
  if (isList(value)) return { modules: list(value, `grants[${JSON.stringify(skill)}]`) };
  const name = `grants[${JSON.stringify(skill)}]`;
  if (value === true) return {};
  if (value === false) {
    return {
      files: false,
      tools: false,
      models: false,
      skills: false,
      packages: false,
      process: false,
      network: false,
      modules: [],
    };
  }
  if (typeof value !== "object" || value === null) {
    throw refusal(`${name} must be true, false, a list of module names or an object of grants`);
  }
  for (const [member, grant] of Object.entries(value)) {
    const label = `${name}.${member}`;
    if (grant === undefined || member === "limits") continue;
    if (!members.includes(member)) throw refusal(`${label} is not a grant; known: ${members.join(", ")}`);
    if (member === "modules") list(grant, label);
    else if (member === "files") checkLists(grant, label, ["read", "write"], ["boolean"]);
    else if (isList(grant)) list(grant, label);
    else checkLists(grant, label, ["allow", "ask", "deny"], ["boolean", "ask"]);
  }
  const { limits, ...others } = value as SkillGrants;
  return limits === undefined ? others : { ...others, limits: skillLimits(limits, `${name}.limits`) };
}

function checkLists(grant: unknown, label: string, keys: readonly string[], others: readonly string[]): void {
  if (others.includes(typeof grant) || (typeof grant === "string" && others.includes(grant))) return;
  if (typeof grant !== "object" || grant === null || isList(grant)) {
    throw refusal(
      `${label} must be true, false${others.includes("ask") ? ', "ask", a list' : ""} or { ${keys.join(", ")} }`,
    );
  }
  for (const [key, value] of Object.entries(grant)) {
    if (!keys.includes(key)) throw refusal(`${label}.${key} is unknown; known: ${keys.join(", ")}`);
    list(value, `${label}.${key}`);
  }
}

function list(value: unknown, label: string): readonly string[] {
  if (!isList(value) || !value.every((each) => typeof each === "string"))
    throw refusal(`${label} must be a list of texts`);
  return value as readonly string[];
}

const isList = (value: unknown): value is readonly unknown[] & readonly string[] => Array.isArray(value);
const refusal = (text: string) => new LuaSkillsError("invalid_argument", text);
