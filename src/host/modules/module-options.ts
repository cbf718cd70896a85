/**
 * What a host lends through one module, by the id that Lua asks for: `moduleOptions: { fs: { "app:data": { path } } }`.
 * @module
 */
import { isObject } from "../../base/is-object.ts";
import { LuaSkillsError } from "../../errors.ts";

/** Members of one resource, with what is wrong with them said by name. */
export class ResourceOptions {
  constructor(
    private readonly at: string,
    private readonly given: Readonly<Record<string, unknown>>,
    known: readonly string[],
  ) {
    const unknown = Object.keys(given).find((name) => !known.includes(name));
    if (unknown !== undefined) throw this.refused(`has no member "${unknown}"; known: ${known.join(", ")}`);
  }

  refused(what: string): LuaSkillsError {
    return new LuaSkillsError("invalid_argument", `${this.at} ${what}`);
  }

  all(): Readonly<Record<string, unknown>> {
    return this.given;
  }

  /** An absolute path of the tree. */
  path(): string {
    const { path } = this.given;
    if (typeof path !== "string" || !path.startsWith("/"))
      throw this.refused("needs path, an absolute path of the tree");
    return path;
  }

  flag(name: string): boolean {
    const value = this.given[name] ?? false;
    if (typeof value !== "boolean") throw this.refused(`${name} must be true or false`);
    return value;
  }

  text(name: string): string | undefined {
    const value = this.given[name];
    if (value !== undefined && typeof value !== "string") throw this.refused(`${name} must be a text`);
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.given[name] ?? [];
    if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
    throw this.refused(`${name} must be a list of texts`);
  }

  record(name: string): Readonly<Record<string, unknown>> {
    const value = this.given[name] ?? {};
    if (!isObject(value)) throw this.refused(`${name} must be an object`);
    return value;
  }
}

/** @throws LuaSkillsError `invalid_argument` naming the option */
export function resourcesOf<T>(
  options: Readonly<Record<string, unknown>> | undefined,
  module: string,
  known: readonly string[],
  read: (options: ResourceOptions) => T,
): ReadonlyMap<string, T> {
  const given = options?.[module] ?? {};
  const at = `moduleOptions.${module}`;
  if (!isObject(given)) throw new LuaSkillsError("invalid_argument", `${at} must be an object of resources by id`);
  return new Map(
    Object.entries(given).map(([id, each]) => {
      const place = `${at}["${id}"]`;
      if (!isObject(each)) throw new LuaSkillsError("invalid_argument", `${place} must be an object`);
      return [id, read(new ResourceOptions(place, each, known))];
    }),
  );
}
