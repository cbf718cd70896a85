import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { strToU8, zipSync } from "fflate";

/** A package archive: of a folder, or of the given files under a top folder called `name`. */
export async function zipSkill(name: string, files?: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const top = path.basename(name);
  const entries: Record<string, Uint8Array> = {};
  if (files) {
    for (const [file, text] of Object.entries(files)) entries[`${top}/${file}`] = strToU8(text);
  } else {
    for (const entry of await readdir(name, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      entries[`${top}/${path.relative(name, file)}`] = await readFile(file);
    }
  }
  return zipSync(entries);
}
