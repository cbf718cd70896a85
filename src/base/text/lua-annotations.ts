/**
 * Functions and classes as the Lua language server reads them, for `vulcan.*` and for host modules.
 * @module
 */

export interface AnnotatedFunction {
  /** `vulcan.fs.read`, `File:read`. */
  readonly path: string;
  readonly description?: string | undefined;
  /** `?` at the end of a name: may be left out. `...` for the rest. */
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly type: string }>;
  /** Types, each perhaps with a name behind it. */
  readonly results: readonly string[];
  /** `async`, `nodiscard`. */
  readonly tags?: readonly string[];
}

export function functionAnnotation({ path, description, parameters, results, tags = [] }: AnnotatedFunction): string[] {
  const names = parameters.map(({ name }) => name.replace("?", ""));
  return [
    ...described(description),
    ...tags.map((tag) => `---@${tag}`),
    ...parameters.map(({ name, type }) => `---@param ${name} ${type}`),
    ...results.map((result) => `---@return ${result}`),
    /[.:][A-Za-z_]\w*$/.test(path) ? `function ${path}(${names.join(", ")}) end` : `-- ${path} is no name in Lua`,
  ];
}

/** @param fields name → type, with a text behind it */
export function classAnnotation(
  name: string,
  description: string | undefined,
  fields: ReadonlyArray<readonly [name: string, type: string]> = [],
): string[] {
  return [
    ...described(description),
    `---@class ${name}`,
    ...fields.map(([field, type]) => `---@field ${field} ${type}`),
  ];
}

/** The local that carries the methods of a class; nothing of it exists at run time. */
export const localOf = (className: string): string => className.slice(className.lastIndexOf(".") + 1);

const described = (text: string | undefined): string[] => (text ? [`---${text}`] : []);
