/**
 * `permissions` of `skill.yaml`: what a package needs, in the words of the option `grants`. It grants nothing.
 * @module
 */
import type { SkillPermissions } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { YamlFile, YamlValue } from "../yaml/yaml.ts";

/** Members with a list of names. */
export const namedPermissions = ["tools", "models", "skills", "packages", "process", "network", "modules"] as const;
export const fileAccesses = ["read", "write"] as const;

/** One thing a package needs: `tools` `clock`, `files.write` `/work/**`. */
export interface Permission {
  /** The member of a grant that would allow it. */
  readonly grant: (typeof namedPermissions)[number] | `files.${(typeof fileAccesses)[number]}`;
  readonly resource: string;
}

/** Undefined when it says nothing. @throws LuaSkillsError `invalid_manifest` naming the key */
export function readPermissions({ path, value }: YamlFile): SkillPermissions | undefined {
  const given = value instanceof Map ? (value.get("permissions") ?? null) : null;
  if (given === null) return undefined;
  const at = (key: string) => `${path}: ${key}`;
  if (!(given instanceof Map)) throw invalid(at("permissions"), "a mapping", path);
  const out: { -readonly [K in keyof SkillPermissions]: SkillPermissions[K] } = {};
  for (const name of namedPermissions) {
    const list = given.get(name) ?? null;
    if (list !== null) out[name] = texts(list, at(`permissions.${name}`), path);
  }
  const files = given.get("files") ?? null;
  if (files !== null) {
    if (!(files instanceof Map)) throw invalid(at("permissions.files"), "a mapping with read and write", path);
    const lists = fileAccesses.flatMap((name) => {
      const list = files.get(name) ?? null;
      return list === null ? [] : [[name, texts(list, at(`permissions.files.${name}`), path)] as const];
    });
    out.files = Object.fromEntries(lists);
  }
  return listed(out).length === 0 ? undefined : out;
}

/** One by one, in the order of the documentation. */
export function listed(permissions: SkillPermissions | undefined): Permission[] {
  if (permissions === undefined) return [];
  return [
    ...fileAccesses.flatMap((access) =>
      (permissions.files?.[access] ?? []).map((resource): Permission => ({ grant: `files.${access}`, resource })),
    ),
    ...namedPermissions.flatMap((grant) =>
      (permissions[grant] ?? []).map((resource): Permission => ({ grant, resource })),
    ),
  ];
}

/** What `wanted` has and `before` has not. */
export function newPermissions(
  wanted: SkillPermissions | undefined,
  before: SkillPermissions | undefined,
): Permission[] {
  const key = ({ grant, resource }: Permission) => `${grant} ${resource}`;
  const had = new Set(listed(before).map(key));
  return listed(wanted).filter((permission) => !had.has(key(permission)));
}

function texts(value: YamlValue, where: string, file: string): string[] {
  if (!Array.isArray(value)) throw invalid(where, "a list of texts", file);
  return value.map((each) => {
    if (typeof each !== "string" || each === "") throw invalid(where, "a list of texts", file);
    return each;
  });
}

function invalid(where: string, wanted: string, file: string): LuaSkillsError {
  return new LuaSkillsError("invalid_manifest", `${where} must be ${wanted}`, { data: { file } });
}
