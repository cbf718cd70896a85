import { lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { LuaSkillsError } from "../../../errors.ts";
import type { Changes } from "../../../process/bridge/file-changes.ts";

/** One directory of mirrored files, and what it looked like when both sides last agreed. Links are neither made nor followed. */
export class MirrorFolder {
  #known = new Map<string, string>();

  /** @param exclude names that are left out at any depth */
  constructor(
    private readonly root: string,
    private readonly maxBytes: number,
    private readonly exclude: ReadonlySet<string> = new Set(),
  ) {}

  /** Whether something is different from what both sides last agreed on. */
  async changed(): Promise<boolean> {
    const { marks } = await this.#look();
    return marks.size !== this.#known.size || [...marks].some(([name, mark]) => this.#known.get(name) !== mark);
  }

  /** @throws LuaSkillsError `permission_denied` for a path that leads out, `quota_exceeded` */
  async push({ folders, files, deletes }: Changes): Promise<void> {
    const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (size > this.maxBytes) throw tooMuch(this.maxBytes);
    // Only what is written here is agreed on: whatever else changed meanwhile is for the next pull.
    for (const each of deletes) {
      await rm(await this.#place(each), { recursive: true, force: true });
      for (const name of [...this.#known.keys()]) {
        if (name === each || name.startsWith(`${each}/`)) this.#known.delete(name);
      }
    }
    for (const each of folders) await this.#makeFolder(each);
    for (const { path: each, bytes } of files) {
      const place = await this.#place(each);
      const parent = path.posix.dirname(each);
      if (parent !== ".") await this.#makeFolder(parent);
      await writeFile(place, bytes);
      this.#known.set(each, await markOf(place));
    }
  }

  async #makeFolder(relative: string): Promise<void> {
    await mkdir(await this.#place(relative), { recursive: true });
    for (let each = relative; each !== "."; each = path.posix.dirname(each)) this.#known.set(each, "folder");
  }

  /** @throws LuaSkillsError `quota_exceeded` */
  async pull(): Promise<Changes> {
    const { marks, folders } = await this.#look();
    const changed = [...marks].filter(([name, mark]) => this.#known.get(name) !== mark);
    const deletes = [...this.#known.keys()].filter((name) => !marks.has(name));
    const files: Array<{ path: string; bytes: Uint8Array }> = [];
    let size = 0;
    for (const [name] of changed.filter(([name]) => !folders.has(name))) {
      const bytes = new Uint8Array(await readFile(path.join(this.root, name)));
      size += bytes.length;
      if (size > this.maxBytes) throw tooMuch(this.maxBytes);
      files.push({ path: name, bytes });
    }
    this.#known = marks;
    return { folders: changed.map(([name]) => name).filter((name) => folders.has(name)), files, deletes };
  }

  /** Every file and folder with a mark that changes with it. */
  async #look(): Promise<{ marks: Map<string, string>; folders: Set<string> }> {
    const marks = new Map<string, string>();
    const folders = new Set<string>();
    const walk = async (below: string): Promise<void> => {
      for (const entry of await readdir(path.join(this.root, below), { withFileTypes: true })) {
        if (this.exclude.has(entry.name)) continue;
        const name = below === "" ? entry.name : `${below}/${entry.name}`;
        if (entry.isDirectory()) {
          folders.add(name);
          marks.set(name, "folder");
          await walk(name);
        } else if (entry.isFile()) {
          marks.set(name, await markOf(path.join(this.root, name)));
        }
      }
    };
    await walk("");
    return { marks, folders };
  }

  async #place(relative: string): Promise<string> {
    const parts = relative.split("/");
    if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\\")))
      throw outside(relative);
    const left = parts.find((part) => this.exclude.has(part));
    if (left !== undefined) throw new LuaSkillsError("permission_denied", `"${left}" is left out of this mount`);
    let at = this.root;
    for (const part of parts) {
      at = path.join(at, part);
      // A program may have left a link where a folder was.
      const found = await lstat(at).catch(() => undefined);
      if (found?.isSymbolicLink()) throw outside(relative);
    }
    return at;
  }
}

async function markOf(file: string): Promise<string> {
  const { mtimeNs, size, ino, ctimeNs } = await lstat(file, { bigint: true });
  return [mtimeNs, ctimeNs, size, ino].join(":");
}

function outside(relative: string): LuaSkillsError {
  return new LuaSkillsError("permission_denied", `the path ${JSON.stringify(relative)} leads out of the mirror`);
}

function tooMuch(most: number): LuaSkillsError {
  return new LuaSkillsError(
    "quota_exceeded",
    `the files of a mirror or mount are more than ${most} bytes (the bridge's limits.mirrorBytes)`,
  );
}
