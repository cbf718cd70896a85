import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/build/bundle.ts";

/** What an application writes; it finds the built package by its own name. */
const program = `import type { Runtime } from "luaskills-wasm";
import { aiTools } from "luaskills-wasm/ai-sdk";
import { anthropicTools } from "luaskills-wasm/anthropic";
import { codeTool, luaExecutor } from "luaskills-wasm/code";
import { openaiTools } from "luaskills-wasm/openai";
import { RuntimeProvider, useSkill } from "luaskills-wasm/react";
import { hostTool, httpTool, toTools } from "luaskills-wasm/tools";

declare const runtime: Runtime;
export const lists = [aiTools(runtime), anthropicTools(runtime).tools, openaiTools(codeTool(runtime)).chat, toTools(runtime).list()];
export const lent = { http: httpTool({ allow: ["https://a.example/"] }), add: hostTool<{ a: number }>(({ a }) => a + 1) };
export const others = [RuntimeProvider, useSkill, luaExecutor];
// @ts-expect-error an option that is none
toTools(runtime, { exlude: [] });
`;

test("the adapters' declarations compile under a strict compiler that checks libraries", async () => {
  const folder = path.join(root, ".cache/adapter-types");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "main.ts"), program);
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    moduleResolution: "nodenext",
    // The AI SDK's own declarations speak of Node.
    types: ["node"],
    lib: ["es2022", "dom", "esnext.disposable"],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
  await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts"] }));
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  expect(spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout).toBe("");
}, 60_000);
