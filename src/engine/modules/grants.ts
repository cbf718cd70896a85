/**
 * Who may use which modules: the standing grants of a runtime, what one run names, and the ruling over both
 * (host-modules.md §2, §3.2).
 * @module
 */
import type { ModuleRunOptions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import { type ClassRules, type ModuleFacts, type Offence, rule } from "../../modules/classes.ts";
import type { ModuleRegistry } from "../../modules/module-registry.ts";
import { checkModuleName } from "../../modules/module-registry.ts";

/** Names that are part of the mechanism. */
const mechanism: readonly ModuleFacts[] = [
  // What runs beside each other is replayed in its recorded order.
  { name: "channel", class: ["process", "workflow"] },
  { name: "errors", class: ["deterministic"] },
];

const kinds = ["function", "process", "eval", "workflow", "pure"];

export class Grants {
  readonly #everybody: readonly string[] | undefined;
  readonly #bySkill: ReadonlyMap<string, readonly string[]>;

  constructor(
    given: Readonly<Record<string, readonly string[]>> = {},
    isolated: boolean,
    private readonly registry: ModuleRegistry,
  ) {
    for (const [who, names] of Object.entries(given)) {
      if (!Array.isArray(names)) {
        throw new LuaSkillsError("invalid_argument", `grants: "${who}" must have a list of module names`);
      }
      for (const name of names) checkModuleName(name);
    }
    const { "*": everybody, ...others } = given;
    const lists = Object.entries(others);
    if (isolated) {
      this.#everybody = everybody;
      this.#bySkill = new Map(lists.map(([skill, names]) => [skill, unique([...(everybody ?? []), ...names])]));
    } else {
      // All skills are in every VM: what one may use, all can reach.
      const all = unique([...(everybody ?? []), ...lists.flatMap(([, names]) => names)]);
      this.#everybody = everybody === undefined && lists.length === 0 ? undefined : all;
      this.#bySkill = new Map();
    }
  }

  /** The names a use asks for; undefined: it has nothing to do with modules. @throws LuaSkillsError `invalid_argument` */
  wanted(skillId: string | undefined, own: ModuleRunOptions | undefined): readonly string[] | undefined {
    const standing = (skillId === undefined ? undefined : this.#bySkill.get(skillId)) ?? this.#everybody;
    if (!own) return standing;
    if (own.kind !== undefined && !kinds.includes(own.kind)) {
      throw new LuaSkillsError(
        "invalid_argument",
        `kind must be one of ${kinds.join(", ")}, got ${JSON.stringify(own.kind)}`,
      );
    }
    if (own.modules === undefined) return own.kind === undefined ? standing : (standing ?? []);
    if (!Array.isArray(own.modules))
      throw new LuaSkillsError("invalid_argument", "modules must be a list of module names");
    for (const name of own.modules) checkModuleName(name);
    return unique(own.modules);
  }

  /** True when a run gets exactly what it would have without options of its own. */
  isStanding(skillId: string | undefined, granted: readonly string[], own: ModuleRunOptions): boolean {
    const standing = this.wanted(skillId, undefined);
    return (
      standing !== undefined &&
      (own.kind ?? "function") === "function" &&
      !own.bindGlobals &&
      standing.join(" ") === granted.join(" ")
    );
  }

  /** What of `wanted` the code gets. @throws LuaSkillsError for the whole list of offenders, with the first one's text */
  ruled(wanted: readonly string[], own: ModuleRunOptions | undefined): readonly string[] {
    const kind = own?.kind ?? "function";
    const granted: string[] = [];
    const offences: Offence[] = [];
    for (const name of wanted) {
      const facts = mechanism.find((each) => each.name === name) ?? this.registry.facts(name);
      if (!facts) throw this.#unknown(name, wanted, kind);
      const ruling = rule(facts, kind, own as ClassRules | undefined);
      if (ruling === "granted") granted.push(name);
      else if (ruling !== "left out") offences.push(ruling);
    }
    const [first] = offences;
    if (first) {
      const modules = offences.map(({ module, message }) => ({ module, message }));
      throw new LuaSkillsError(
        first.kind === "Invalid" ? "invalid_argument" : "permission_denied",
        offences
          .map(({ module, message }) =>
            message.includes(`"${module}"`) || message.endsWith(module) ? message : `${message} (${module})`,
          )
          .join("; "),
        {
          data: { kind: first.kind, modules, details: { node_id: first.module } },
        },
      );
    }
    return granted;
  }

  #unknown(name: string, wanted: readonly string[], kind: string): LuaSkillsError {
    const known = wanted.filter((each) => this.registry.facts(each));
    const text =
      kind === "eval"
        ? `module "${name}" is not available (have ${known.length} modules: ${known.join(", ")})`
        : `the module "${name}" is granted, but the runtime has none of that name; name it in the option modules (registered: ${this.registry.names().join(", ") || "none"})`;
    return new LuaSkillsError(kind === "eval" ? "not_found" : "invalid_argument", text, {
      data: { kind: kind === "eval" ? "NotFound" : "Invalid", module: name },
    });
  }
}

const unique = (names: readonly string[]): string[] => [...new Set(names)].sort();
