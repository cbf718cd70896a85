import { readFileSync } from "node:fs";
import { packageFolder } from "../package-folder.ts";
import type { TemplateNames } from "./templates/template.ts";

/** What the language server checks Lua with: the dialect, and annotations of what the runtime brings. */
const luaServer = {
  "runtime.version": "LuaJIT",
  "workspace.library": ["types"],
  "workspace.ignoreDir": [".luaskills"],
  "diagnostics.disable": ["lowercase-global"],
};

/** What every skill begins with, whatever its template. */
export function commonFiles({ id, name }: TemplateNames): Readonly<Record<string, string>> {
  return {
    "help/main.md": `# ${name}\n\nWhat this skill does, and when to use it.\n`,
    "README.md": `# ${name}\n\n\`\`\`sh
npx luaskills-wasm check         # what is wrong with it
npx luaskills-wasm test          # tests/*.lua
npx luaskills-wasm call . <entry> --args '{"key": "value"}'
npx luaskills-wasm pack          # ${id}-v0.1.0-skill.zip
npx luaskills-wasm mcp           # its entries as tools of an MCP client
\`\`\`\n`,
    ".gitignore": ".luaskills/\n*-skill.zip\n",
    ".luarc.json": `${JSON.stringify(luaServer, null, 2)}\n`,
    ...editorFiles(),
  };
}

/** Annotations and schema as this version of the runtime has them. */
export function editorFiles(): Readonly<Record<string, string>> {
  const files = ["vulcan.d.lua", "luaskills-test.d.lua", "skill.schema.json"];
  return Object.fromEntries(
    files.map((file) => [`types/${file}`, readFileSync(new URL(`types/${file}`, packageFolder()), "utf8")]),
  );
}
