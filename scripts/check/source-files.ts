/**
 * The files of the repository that the checks read.
 * @module
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "../build/bundle.ts";

export interface SourceFile {
  /** From the root, with `/`. */
  readonly file: string;
  readonly text: string;
}

/** All files below the folders (and the single files) whose names match, sorted. */
export async function sourceFiles(places: readonly string[], name: RegExp): Promise<SourceFile[]> {
  const files: string[] = [];
  for (const place of places) {
    if (/\.\w+$/.test(place)) files.push(place);
    else {
      for (const entry of await readdir(path.join(root, place), { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !name.test(entry.name) || entry.parentPath.includes("node_modules")) continue;
        files.push(path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
      }
    }
  }
  return Promise.all(files.sort().map(async (file) => ({ file, text: await readFile(path.join(root, file), "utf8") })));
}
