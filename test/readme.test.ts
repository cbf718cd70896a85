// README.md is a test: its ts blocks are run as modules, each in a folder of its own, and what they print must be what
// the comments behind console.log say. `ts no-run` and plain `sh` blocks are only shown; `sh run` blocks are run.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, root } from "../scripts/build/bundle.ts";

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

const pages = [
  "README.md",
  "docs/getting-started.md",
  "docs/host-tools.md",
  "docs/storage.md",
  "docs/sqlite.md",
  "docs/vectors.md",
  "docs/limits-and-errors.md",
  "docs/genx.md",
  "docs/modules.md",
  "docs/testing.md",
  "docs/mcp.md",
  "docs/agents.md",
  "docs/code-mode.md",
];
let place = "";

beforeAll(async () => {
  await mkdir(path.join(root, ".cache/readme"), { recursive: true });
  place = await mkdtemp(path.join(root, ".cache/readme/run-"));
});
afterAll(() => rm(place, { recursive: true, force: true }));

function blocksOf(markdown: string): Block[] {
  const found: Block[] = [];
  for (const match of markdown.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)) {
    const line = markdown.slice(0, match.index).split("\n").length;
    found.push({ language: (match[1] ?? "").trim(), text: match[2] ?? "", line });
  }
  return found;
}

/** What is said behind each console.log, or after `prints:` where a loop logs, in order. */
function promised(text: string): string[] {
  const said = /(?:console\.log\(.*\);? \/\/|^\/\/ prints:) (.*)$/;
  return text.split("\n").flatMap((line) => said.exec(line)?.slice(1, 2) ?? []);
}

/** Without a browser, `createRuntime` is the same runtime in this process, its files in memory. */
async function runModule(text: string, name: string): Promise<{ out: string; err: string; code: number | null }> {
  const outfile = path.join(place, `${name}.mjs`);
  await bundle({
    stdin: { contents: text, loader: "ts", resolveDir: path.join(root, "test"), sourcefile: `${name}.ts` },
    outfile,
    platform: "node",
    packages: "external",
    sourcemap: false,
    plugins: [
      {
        name: "package-itself",
        setup(b) {
          const own = { resolveDir: root, loader: "ts" as const };
          // As files: the runtime imports parts of them lazily, and esbuild has to see that it is the same code.
          b.onResolve({ filter: /^luaskills-wasm\/(?:modules|testing)$/ }, (a) => ({
            path: path.join(root, a.path.endsWith("modules") ? "src/modules/index.ts" : "src/testing/kit/index.ts"),
            sideEffects: true,
          }));
          b.onResolve({ filter: /^luaskills-wasm(\/(?:edge|genx|mcp|tools|code))?$/ }, (a) => ({
            path: a.path,
            namespace: "itself",
          }));
          b.onLoad({ filter: /edge$/, namespace: "itself" }, () => ({
            ...own,
            contents: 'export * from "./src/platforms/node/index.ts";',
          }));
          b.onLoad({ filter: /(?:mcp|tools|code)$/, namespace: "itself" }, ({ path: name }) => ({
            ...own,
            contents: `export * from "./src/adapters/${name.slice("luaskills-wasm/".length)}/index.ts";`,
          }));
          b.onLoad({ filter: /genx$/, namespace: "itself" }, () => ({
            ...own,
            contents: 'export * from "./src/genx/index.ts";',
          }));
          b.onLoad({ filter: /wasm$/, namespace: "itself" }, () => ({
            ...own,
            contents:
              'export { LuaSkillsError, defaultLimits } from "./src/index.ts"; export { createNodeRuntime as createRuntime } from "./src/platforms/node/node.ts";',
          }));
        },
      },
    ],
  });
  const cwd = path.join(place, name);
  await mkdir(cwd);
  const { stdout, stderr, status } = spawnSync(process.execPath, [outfile], { cwd, encoding: "utf8", timeout: 30_000 });
  return { out: stdout, err: stderr, code: status };
}

describe.each(pages)("%s", async (page) => {
  const blocks = blocksOf(await readFile(path.join(root, page), "utf8"));
  const modules = blocks.filter((block) => block.language === "ts");
  it("has code", () => {
    expect(modules.length).toBeGreaterThan(0);
  });

  it.each(modules.map((block) => [block.line, block] as const))(
    "line %i runs and prints what it says",
    async (line, block) => {
      const { out, err, code } = await runModule(block.text, `${path.basename(page, ".md")}-${line}`);
      expect(err).toBe("");
      expect(code).toBe(0);
      expect(out.trimEnd().split("\n")).toEqual(promised(block.text));
    },
  );

  const commands = blocks
    .filter((block) => block.language === "sh run")
    .flatMap((block) => block.text.trim().split("\n"));
  it.runIf(commands.length > 0).each(commands)("%s", async (command) => {
    const cli = path.join(place, "cli.mjs");
    await bundle({
      entryPoints: ["src/cli/main.ts"],
      outfile: cli,
      platform: "node",
      packages: "external",
      sourcemap: false,
    });
    const line = command.replace(/^luaskills-wasm/, `"${process.execPath}" "${cli}"`);
    const { status, stdout, stderr } = spawnSync(line, { cwd: root, shell: true, encoding: "utf8", timeout: 30_000 });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).not.toBe("");
  });

  it("links to pages that exist", async () => {
    const text = await readFile(path.join(root, page), "utf8");
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1] ?? "");
    for (const link of links) {
      if (link.endsWith("compatibility.md")) continue; // generated from the results of the conformance run
      await expect(readFile(path.resolve(root, path.dirname(page), link)), link).resolves.toBeDefined();
    }
  });
});
