// Packs demo/skills/<id> into public/skills/<id>-v<version>-skill.zip, plus the index the playground shows.
// Same sources, same bytes: the archives are committed.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Zippable, zipSync } from "fflate";
import { parse } from "yaml";

/** One row of public/skills/index.json. */
export interface SampleIndexEntry {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly file: string;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

const epoch = new Date(1980, 0, 1);

/** File name → content of what public/skills must hold. */
export async function packSkills(sources: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const index: SampleIndexEntry[] = [];
  for (const id of (await readdir(sources)).sort()) {
    const folder = path.join(sources, id);
    const manifest = parse(await readFile(path.join(folder, "skill.yaml"), "utf8")) as Manifest;
    const file = `${id}-v${manifest.version}-skill.zip`;
    index.push({ id, name: manifest.name, version: manifest.version, summary: await summaryOf(folder), file });
    files.set(file, zipSync(await contents(folder, id), { mtime: epoch, level: 9 }));
  }
  files.set("index.json", new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`));
  return files;
}

/** The first sentence of the help page. */
async function summaryOf(folder: string): Promise<string> {
  const help = await readFile(path.join(folder, "help", "main.md"), "utf8");
  const paragraph = help.split(/\n{2,}/).find((part) => !part.startsWith("#")) ?? "";
  return paragraph
    .trim()
    .replaceAll("\n", " ")
    .replace(/(?<=\.) .*/, "");
}

async function contents(folder: string, id: string): Promise<Zippable> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"))
    .sort();
  const zip: Zippable = {};
  for (const name of names) zip[`${id}/${name}`] = await readFile(path.join(folder, name));
  return zip;
}

export async function writeSkills(root: string): Promise<void> {
  const target = path.join(root, "public", "skills");
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const [name, content] of await packSkills(path.join(root, "demo", "skills"))) {
    await writeFile(path.join(target, name), content);
  }
}
