/**
 * Classes of modules, and where they may be used (host-modules.md §3).
 * @module
 */
import type { RunKind } from "./definition/interface.ts";

export const moduleClasses = [
  "deterministic",
  "nondeterministic",
  "io",
  "network",
  "storage",
  "workflow",
  "encoding",
  "time",
  "process",
  "security",
] as const;
export type ModuleClass = (typeof moduleClasses)[number];

/** What a run says about classes and names, beside its kind. Deny wins over allow. */
export interface ClassRules {
  /** A module needs one of them. */
  readonly allowedClasses?: readonly ModuleClass[];
  /** A module with one of them is refused. */
  readonly deniedClasses?: readonly ModuleClass[];
  /** A module with one of them is silently left out. */
  readonly excludeClasses?: readonly ModuleClass[];
  /** Only these names. */
  readonly allow?: readonly string[];
  /** Not these names. */
  readonly deny?: readonly string[];
}

export interface ModuleFacts {
  readonly name: string;
  readonly class: readonly ModuleClass[];
}

export type Ruling = "granted" | "left out" | Offence;

/** Why a module may not be used, with the exact text of §3.2. */
export interface Offence {
  readonly module: string;
  readonly message: string;
  readonly kind: "PermissionDenied" | "Invalid";
}

const blockedInEval: readonly ModuleClass[] = ["network", "storage", "process"];
/** What a replay would do again, unless the module is one whose effects are recorded. */
const unrecorded: readonly ModuleClass[] = ["nondeterministic", "io", "network", "storage", "process"];
/** What a pure run may not have; tags (encoding, security) say nothing. */
const impure: readonly ModuleClass[] = ["workflow", "time", ...unrecorded];

/** The verdict over one module (§3.1). */
export function rule({ name, class: classes }: ModuleFacts, kind: RunKind, rules: ClassRules = {}): Ruling {
  const has = (among: readonly ModuleClass[]) => classes.find((each) => among.includes(each));
  const denied = (message: string): Offence => ({ module: name, message, kind: "PermissionDenied" });
  if (has(rules.excludeClasses ?? [])) return "left out";
  if (rules.deny?.includes(name)) return denied(`forbidden module: ${name}`);
  if (rules.allow !== undefined && !rules.allow.includes(name)) return denied(`forbidden module: ${name}`);
  if (has(rules.deniedClasses ?? [])) return denied("module has denied class");
  if (kind === "eval") {
    const blocked = classes.find((each) => blockedInEval.includes(each) && !rules.allowedClasses?.includes(each));
    if (blocked !== undefined) {
      return { module: name, message: `module "${name}" has forbidden class "${blocked}"`, kind: "Invalid" };
    }
    return "granted";
  }
  if (rules.allowedClasses !== undefined && !has(rules.allowedClasses)) return denied(noAllowedClass);
  if (kind === "pure" && (!classes.includes("deterministic") || has(impure))) return denied(noAllowedClass);
  const replayable = classes.includes("workflow") || (classes.includes("deterministic") && !has(unrecorded));
  if (kind === "workflow" && !replayable) return denied(noAllowedClass);
  return "granted";
}

const noAllowedClass = "module does not have any allowed class";
