/**
 * The TypeScript view of a module, for code that documents or mocks it.
 * @module
 */
import type { ModuleDef } from "../definition/module-definition.ts";
import { manifestOf } from "../definition/module-manifest.ts";
import { typeScriptType } from "./shape-text.ts";

/** A `.d.ts`: one interface per type and one for the module. Pure. */
export function generateTypeScript(module: ModuleDef): string {
  const { types, exported } = manifestOf(module);
  const members = exported.is === "intersection" ? exported.of : [exported];
  const blocks: string[] = [
    "export interface LuaError {\n  kind(): string;\n  message(): string;\n  retryable(): boolean | undefined;\n}",
  ];
  for (const [name, shape] of [...types].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const local = name.replace(".", "_");
    if (shape.is === "interface") {
      const fields = Object.entries(shape.fields ?? {}).map(
        ([key, each]) => `  readonly ${key}: ${typeScriptType(each)};`,
      );
      const methods = Object.entries(shape.methods).map(([method, each]) => `  ${method}: ${typeScriptType(each)};`);
      blocks.push(`export interface ${local} {\n${[...fields, ...methods].join("\n")}\n}`);
    } else {
      blocks.push(`export type ${local} = ${typeScriptType(shape)};`);
    }
  }
  const lines = members.flatMap((each) => {
    if (each.is === "interface") {
      return Object.entries(each.methods).map(([name, shape]) => `  ${name}: ${typeScriptType(shape)};`);
    }
    return each.is === "record"
      ? Object.entries(each.fields).map(([name, shape]) => `  readonly ${name}: ${typeScriptType(shape)};`)
      : [];
  });
  blocks.push(`/** ${module.description} */\nexport interface ${module.name} {\n${lines.join("\n")}\n}`);
  return `${blocks.join("\n\n")}\n`;
}
