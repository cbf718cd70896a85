/** Every subpath of the package in one module: a bundler that takes this one takes them all. */
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import type { App } from "./app.ts";

/** Subpath → a function it has to have. */
type Subpaths = Readonly<Record<string, string>>;

const plain: Subpaths = {
  tools: "toTools",
  "ai-sdk": "aiTools",
  openai: "openaiTools",
  anthropic: "anthropicTools",
  code: "codeTool",
  modules: "defineModule",
  genx: "createGenx",
  client: "connectRuntime",
  webmcp: "webMcp",
  "agent-skills": "toAgentSkill",
};
/** They import a package of their user's. */
const withPeers: Subpaths = { mcp: "mcpServer", react: "RuntimeProvider" };

export const forPages: Subpaths = { ...plain, ...withPeers };
export const withoutPackages = plain;
/** Next installs React itself. */
export const forNext: Subpaths = { ...plain, react: "RuntimeProvider" };
/** Without `bridge`: its server stands on the package ws, which is CommonJS and stays outside of a bundle of modules; bridgeInNode has it. */
export const forNode: Subpaths = {
  ...plain,
  ...withPeers,
  testing: "testModule",
  shell: "shell",
  edge: "createEdgeRuntime",
};

/** A module that fails where one is missing, and uses the first; `resolve` says how a subpath is named. */
export function subpathModule(
  subpaths: Subpaths,
  resolve: (subpath: string) => string = (name) => `luaskills-wasm/${name}`,
): string {
  const names = Object.keys(subpaths);
  const imports = names.map((name, n) => `import { ${subpaths[name]} as s${n} } from "${resolve(name)}";`);
  const pairs = names.map((name, n) => `[${JSON.stringify(name)}, s${n}]`);
  return `${imports.join("\n")}
const missing = [${pairs.join(", ")}].filter(([, it]) => it === undefined).map(([name]) => name);
if (missing.length > 0) throw new Error("subpaths are not what they should be: " + missing.join(", "));
const runtime = { list: () => [], subscribe: () => () => {}, call: async () => ({ content: "" }) };
if (s0(runtime).list().length !== 0) throw new Error("toTools made tools of nothing");
`;
}

/** The packages that users of `mcp` and `react` have, from the repository. */
export function linkPeers(app: App): void {
  for (const name of ["@modelcontextprotocol/sdk", "react", "react-dom"]) {
    const link = path.join(app.folder, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.resolve("node_modules", name), link);
  }
}
