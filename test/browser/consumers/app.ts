/** A fresh application that has installed our tarball, and nothing else of ours. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The README's two lines; what they give is left on `window`. */
export const twoLines = `import { createRuntime } from "luaskills-wasm";
const rt = await createRuntime();
const value = await rt.runLua("return args.a + 1", { a: 41 });
await rt.close();
`;

/** One with both databases. */
export const skill: Readonly<Record<string, string>> = {
  "skill.yaml": `name: Deep
version: 1.0.0
sqlite: { enable: true }
lancedb: { enable: true }
entries:
  - { name: run, lua_entry: runtime/run.lua, lua_module: deep.run }
`,
  "runtime/run.lua": `return function()
  local rows = vulcan.sqlite.query_json({ sql = "select 40 + 2 as n" })
  return vulcan.json.encode({ rows = rows, lancedb = vulcan.lancedb.status() })
end
`,
};

/**
 * What comes after the two lines: everything the worker fetches later (YAML, SQLite and its wasm, the vector store, zips)
 * must be where the bundler has put it.
 */
const fetchedLater = `const skill = ${JSON.stringify(skill)};
for (const [file, text] of Object.entries(skill)) await later.fs.write("/packed/deep/" + file, text);
await later.skills.install({ zip: await later.fs.exportZip("/packed"), skillId: "deep" });
const { content } = await later.call("deep-run");
if (!content.includes('"n":42')) throw new Error("the skill with databases gave " + content);
`;

export const script = `globalThis.outcome = main().then(
  (value) => ({ value }),
  (error) => ({ error: String((error && error.stack) || error) }),
);
async function main() {
${twoLines.replace(/^import .*\n/, "")}
const later = await createRuntime({ storage: { kind: "memory" } });
${fetchedLater}
await later.close();
return value;
}
`;

export const html = (head: string) => `<!doctype html>
<html><head><meta charset="utf-8"><title>consumer</title>${head}</head><body></body></html>
`;

/** Builds the tarball of dist/ as it is; `npm run build` comes first. */
export function pack(): { tarball: string; remove(): void } {
  const folder = mkdtempSync(path.join(tmpdir(), "packed-"));
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [packed] = JSON.parse(execFileSync("npm", args, { encoding: "utf8" })) as [{ filename: string }];
  return {
    tarball: path.join(folder, packed.filename),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface App {
  readonly folder: string;
  write(file: string, content: string): void;
  remove(): void;
}

export function createApp(tarball: string): App {
  const folder = mkdtempSync(path.join(tmpdir(), "consumer-"));
  const write = (file: string, content: string) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  };
  write("package.json", JSON.stringify({ name: "consumer", private: true, type: "module" }));
  writeFileSync(path.join(folder, ".npmrc"), readFileSync(".npmrc"));
  const app = { folder, write, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
  installed(app, [tarball]);
  return app;
}

export function installed(app: App, packages: readonly string[]): void {
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", ...packages], {
    cwd: app.folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
