/**
 * The .d.ts files of the package: what an entry's own types lead to, and nothing of the rooms behind them.
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./bundle.ts";

/** `sources`: the entries, as paths from the root. */
export async function writeTypes(sources: readonly string[], outDir: string): Promise<void> {
  const project = path.join(root, ".cache", "tsconfig.types.json");
  await rm(outDir, { recursive: true, force: true });
  await mkdir(path.dirname(project), { recursive: true });
  // What modules without types of their own look like; nothing imports these files.
  const declarations = (await readdir(path.join(root, "src"), { recursive: true })).filter((file) =>
    file.endsWith(".d.ts"),
  );
  const settings = {
    extends: "../tsconfig.json",
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir,
      rootDir: "..",
      stripInternal: true,
    },
    include: [],
    files: [...sources.map((source) => `../${source}`), ...declarations.map((file) => `../src/${file}`)],
  };
  await writeFile(project, JSON.stringify(settings));
  const { status } = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", project], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`tsc failed (exit ${status})`);
  const { files } = await typesFrom(sources.map((source) => path.join(outDir, source.replace(/\.ts$/, ".d.ts"))));
  const kept = new Set(files);
  for (const file of await readdir(outDir, { recursive: true })) {
    const found = path.join(outDir, file);
    if (found.endsWith(".d.ts") && !kept.has(found)) await rm(found);
  }
}

const comment = /\/\*[\s\S]*?\*\//g;
const reference = /(?<!["'.\w])(?:from|import)\s*\(?\s*"([^"\n]+)"/g;

/** All files that some .d.ts lead to, and the packages they name. @throws on a file that is not there */
export async function typesFrom(
  entries: readonly string[],
): Promise<{ readonly files: readonly string[]; readonly packages: readonly string[] }> {
  const files = new Set(entries);
  const packages = new Set<string>();
  // A Set's iteration goes on with what is added to it.
  for (const file of files) {
    for (const [, name = ""] of (await readFile(file, "utf8")).replaceAll(comment, "").matchAll(reference)) {
      if (!name.startsWith(".")) {
        packages.add(name);
        continue;
      }
      const found = path.resolve(path.dirname(file), name.replace(/\.ts$/, ".d.ts"));
      if (!existsSync(found)) throw new Error(`${file} names ${name}, which is not there`);
      files.add(found);
    }
  }
  return { files: [...files], packages: [...packages] };
}
