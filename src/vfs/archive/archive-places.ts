/**
 * Which places the entries of an archive take. What two file systems disagree about is refused: names that differ only in
 * case or in how Unicode writes them, a file where a directory is, names and paths no disk takes.
 * @module
 */
import { foldName } from "../../base/text/fold-name.ts";
import { invalidEntry } from "./zip-directory.ts";

/** Bytes of one name of a path, as on every file system in use. */
const longestName = 255;
/** Levels of directories. */
const deepest = 64;
/** UTF-16 units of all names together. */
const mostNames = 2 ** 20;
/** Directories nobody lists are made for the files in them; so many times the entries that are allowed. */
const impliedShare = 4;

interface Place {
  readonly path: string;
  readonly isDirectory: boolean;
}

export class ArchivePlaces {
  /** By what a file system that ignores case and Unicode forms would call it. */
  readonly #places = new Map<string, Place>();
  #units = 0;

  constructor(private readonly mostEntries: number) {}

  /** @param name relative, without `.` and `..`; directories end in `/`. @throws LuaSkillsError `invalid_archive` */
  add(name: string, storedName: string): void {
    const refuse = (why: string): never => {
      throw invalidEntry(shown(storedName), why);
    };
    this.#units += storedName.length;
    if (this.#units > mostNames) refuse(`is one too many: all names together have more than ${mostNames} characters`);
    const isDirectory = name.endsWith("/");
    const parts = name.split("/").filter((part) => part !== "");
    if (parts.length > deepest) refuse(`lies deeper than ${deepest} levels`);
    let path = "";
    for (const [i, part] of parts.entries()) {
      if (part.length * 3 > longestName && new TextEncoder().encode(part).length > longestName)
        refuse(`has a name of more than ${longestName} bytes`);
      path += i === 0 ? part : `/${part}`;
      this.#take(path, i < parts.length - 1 || isDirectory, i === parts.length - 1, refuse);
    }
  }

  #take(path: string, isDirectory: boolean, isLast: boolean, refuse: (why: string) => never): void {
    const key = foldName(path);
    const there = this.#places.get(key);
    if (there === undefined) {
      if (this.#places.size >= impliedShare * this.mostEntries) refuse("is one too many: too many directories");
      this.#places.set(key, { path, isDirectory });
      return;
    }
    if (there.path !== path) refuse(`differs from '${shown(there.path)}' only in case or Unicode form`);
    if (there.isDirectory !== isDirectory) refuse("is a file and a directory");
    if (isLast && !isDirectory) refuse("appears twice");
  }
}

const shown = (name: string): string => (name.length > 200 ? `${name.slice(0, 200)}…` : name);
