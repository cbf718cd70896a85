/**
 * What code may call, as text for a model.
 * @module
 */
import type { EntryDescriptor } from "../../contract/contract.ts";
import type { ModuleDef } from "../../modules/definition/module-definition.ts";
import { generateAnnotations } from "../../modules/tooling/annotations.ts";
import { type EntryFilter, matchesFilter } from "../tools/entry-filter.ts";
import type { ToolRuntime } from "../tools/tool.ts";
import { key, luaType } from "./lua-types.ts";

export interface SignatureOptions {
  /** Entries by canonical name (`*` stands for any characters), or by a function. Default all. */
  readonly skills?: EntryFilter;
  /**
   * Host modules that code without a skill is granted (`grants: { "*": … }`), as `defineModule` made them; or their LuaLS text as it
   * is. Default none.
   */
  readonly modules?: ReadonlyArray<ModuleDef | string>;
}

/**
 * Generated Lua signatures of entries and modules: the description of each, its arguments with types and descriptions.
 *
 * @example
 * luaSignatures(runtime, { skills: ["notes-*"] });
 * // -- Adds a note.
 * // --   text: what it says
 * // vulcan.call("notes-add", args: { text: string, tags?: string[] }): string
 */
export function luaSignatures(runtime: Pick<ToolRuntime, "list">, options: SignatureOptions = {}): string {
  const { modules = [] } = options;
  const texts = modules.filter((module) => typeof module === "string");
  const defined = modules.filter((module) => typeof module !== "string");
  const annotated = defined.length === 0 ? [] : generateAnnotations(defined);
  const libraries = annotated.filter(({ path }) => defined.some(({ name }) => path === `library/${name}.d.lua`));
  return [
    ...entriesOf(runtime, options.skills).map(signature),
    ...libraries.map(({ text }) => text.trim()),
    ...texts.map((text) => text.trim()),
  ].join("\n\n");
}

/** The entries a filter leaves. */
export function entriesOf(runtime: Pick<ToolRuntime, "list">, skills: EntryFilter | undefined): EntryDescriptor[] {
  return runtime.list().filter((entry) => skills === undefined || matchesFilter(skills, entry));
}

function signature({ name, description, inputSchema }: EntryDescriptor): string {
  const members = Object.entries(inputSchema.properties ?? {}).flatMap(([member, schema]) =>
    typeof schema.description === "string" && schema.description !== ""
      ? [`  ${key(member)}: ${schema.description}`]
      : [],
  );
  const comment = [description, ...members].filter((text) => text !== "").flatMap((text) => text.split("\n"));
  return [
    ...comment.map((line) => `-- ${line}`),
    `vulcan.call(${JSON.stringify(name)}, args: ${luaType(inputSchema)}): string`,
  ].join("\n");
}
