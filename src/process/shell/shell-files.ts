/**
 * The file tree as the embedded shell sees it: the skill's own view, with a system's places on top.
 * @module
 */
import type { BufferEncoding, CpOptions, FsStat, IFileSystem, MkdirOptions, RmOptions } from "just-bash/browser";
import { bytesToLatin1 } from "../../base/bytes/latin1.ts";
import { basename, dirname, isInside, join, normalise } from "../../base/paths.ts";
import type { FileStat, Vfs } from "../../vfs/interface.ts";
import type { CapturedOutput } from "./captured-output.ts";
import { contentBytes } from "./content-bytes.ts";
import { fileError, inShellWords } from "./file-errors.ts";
import type { Pace } from "./pace.ts";
import type { SystemFiles } from "./system-files.ts";

type DirentEntry = Awaited<ReturnType<NonNullable<IFileSystem["readdirWithFileTypes"]>>>[number];
type Content = string | Uint8Array;
type Encoding = BufferEncoding | { encoding?: BufferEncoding | null } | undefined;

const decoder = new TextDecoder();
const executable = 0o755;
const plain = 0o644;

export interface ShellFilesParts {
  readonly vfs: Vfs;
  readonly system: SystemFiles;
  readonly output: CapturedOutput;
  readonly pace: Pace;
  /** Modes set by chmod: the tree has none. Lives as long as the runtime. */
  readonly modes: Map<string, number>;
}

export class ShellFiles implements IFileSystem {
  constructor(private readonly parts: ShellFilesParts) {}

  async readFile(path: string, options?: Encoding): Promise<string> {
    const bytes = await this.readFileBuffer(path);
    const encoding = nameOf(options);
    if (encoding === "binary" || encoding === "latin1") return bytesToLatin1(bytes);
    if (encoding === "base64") return btoa(bytesToLatin1(bytes));
    if (encoding === "hex") return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return decoder.decode(bytes);
  }

  async readFileBytes(path: string): Promise<never> {
    // The shell's own mark for text of one character a byte; only it can name the type.
    return bytesToLatin1(await this.readFileBuffer(path)) as never;
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    await this.parts.pace.step();
    const { system, vfs } = this.parts;
    if (system.covers(path)) {
      const content = system.read(path);
      if (content) return content;
      throw fileError(system.list(path) ? "EISDIR" : "ENOENT", system.list(path) ? "read" : "open", path);
    }
    const found = this.#find(path, "open");
    if (found.kind === "dir") throw fileError("EISDIR", "read", path);
    return inShellWords("open", path, () => vfs.readFile(path));
  }

  async writeFile(path: string, content: Content, options?: Encoding): Promise<void> {
    await this.#write(path, content, options, false);
  }

  async appendFile(path: string, content: Content, options?: Encoding): Promise<void> {
    await this.#write(path, content, options, true);
  }

  async exists(path: string): Promise<boolean> {
    await this.parts.pace.step();
    return this.#stat(path) !== undefined;
  }

  async stat(path: string): Promise<FsStat> {
    await this.parts.pace.step();
    return this.#described(path, this.#find(path, "stat"));
  }

  async lstat(path: string): Promise<FsStat> {
    await this.parts.pace.step();
    const { system, vfs } = this.parts;
    const found = system.covers(path) ? this.#stat(path) : vfs.stat(path);
    if (!found) return this.#described(path, this.#find(path, "lstat"));
    return this.#described(path, found);
  }

  async mkdir(path: string, { recursive = false }: MkdirOptions = {}): Promise<void> {
    await this.parts.pace.step();
    this.#refuseSystem(path, "mkdir");
    this.#temporary(path);
    if (recursive && this.#stat(path)?.kind === "dir") return;
    inShellWords("mkdir", path, () => this.parts.vfs.mkdir(path, { recursive }));
  }

  async readdir(path: string): Promise<string[]> {
    await this.parts.pace.step();
    const { system, vfs } = this.parts;
    const own = system.list(path);
    if (system.covers(path)) {
      if (own) return [...own];
      throw fileError(system.read(path) ? "ENOTDIR" : "ENOENT", "scandir", path);
    }
    const found = this.#find(path, "scandir");
    if (found.kind !== "dir") throw fileError("ENOTDIR", "scandir", path);
    const listed = vfs.stat(path, { followLinks: true }) ? inShellWords("scandir", path, () => vfs.list(path)) : [];
    return [...new Set([...listed, ...(own ?? [])])].sort();
  }

  async readdirWithFileTypes(path: string): Promise<DirentEntry[]> {
    const names = await this.readdir(path);
    return names.map((name) => {
      const at = join(path, name);
      const kind = (this.parts.system.covers(at) ? this.#stat(at) : (this.parts.vfs.stat(at) ?? this.#stat(at)))?.kind;
      return { name, isFile: kind === "file", isDirectory: kind === "dir", isSymbolicLink: kind === "symlink" };
    });
  }

  async rm(path: string, { recursive = false, force = false }: RmOptions = {}): Promise<void> {
    await this.parts.pace.step();
    this.#refuseSystem(path, "rm");
    if (this.parts.vfs.stat(path) === undefined) {
      if (force) return;
      throw fileError("ENOENT", "rm", path);
    }
    inShellWords("rm", path, () => this.parts.vfs.remove(path, { recursive }));
  }

  async cp(from: string, to: string, { recursive = false }: CpOptions = {}): Promise<void> {
    const found = this.#find(from, "cp");
    if (found.kind !== "dir") return this.writeFile(to, await this.readFileBuffer(from));
    if (!recursive) throw fileError("EISDIR", "cp", from);
    if (isInside(to, from)) throw fileError("EINVAL", "cp", to);
    await this.mkdir(to, { recursive: true });
    for (const name of await this.readdir(from)) await this.cp(join(from, name), join(to, name), { recursive });
  }

  async mv(from: string, to: string): Promise<void> {
    await this.parts.pace.step();
    this.#refuseSystem(from, "mv");
    this.#refuseSystem(to, "mv");
    this.#find(from, "mv");
    this.#temporary(to);
    inShellWords("mv", from, () => this.parts.vfs.rename(from, to));
  }

  resolvePath(base: string, path: string): string {
    return join(base, path);
  }

  /** For globs of shells that hold all their paths; this one walks. */
  getAllPaths(): string[] {
    return [];
  }

  async chmod(path: string, mode: number): Promise<void> {
    this.#refuseSystem(path, "chmod");
    this.#find(path, "chmod");
    this.parts.modes.set(normalise(path), mode);
  }

  async symlink(_target: string, path: string): Promise<void> {
    throw fileError("EPERM", "symlink", path);
  }

  async link(_existing: string, path: string): Promise<void> {
    throw fileError("EPERM", "link", path);
  }

  async readlink(path: string): Promise<string> {
    this.#find(path, "readlink");
    throw fileError("EINVAL", "readlink", path);
  }

  async realpath(path: string): Promise<string> {
    this.#find(path, "realpath");
    return normalise(path);
  }

  /** `touch` of what is there: the tree keeps its own times, and writing is what changes them. */
  async utimes(path: string): Promise<void> {
    this.#find(path, "utimes");
    if (this.#stat(path)?.kind === "file") await this.appendFile(path, new Uint8Array(0));
  }

  async #write(path: string, content: Content, options: Encoding, append: boolean): Promise<void> {
    await this.parts.pace.step();
    const bytes = contentBytes(content, nameOf(options));
    const stream = this.parts.output.streamOf(path);
    if (stream) return this.parts.output.write(stream, bytes);
    if (path === "/dev/null") return;
    this.#refuseSystem(path, "open");
    this.#temporary(path);
    if (this.#stat(path)?.kind === "dir") throw fileError("EISDIR", "open", path);
    inShellWords("open", path, () => this.parts.vfs.writeFile(path, bytes, { append }));
  }

  #stat(path: string): FileStat | undefined {
    const { system, vfs } = this.parts;
    const content = system.read(path);
    if (content) return { kind: "file", size: content.length, modifiedMs: 0, readonly: true };
    const folder = system.list(path) !== undefined;
    if (system.covers(path)) return folder ? systemFolder : undefined;
    return vfs.stat(path, { followLinks: true }) ?? (folder || path === "/tmp" ? systemFolder : undefined);
  }

  #find(path: string, operation: string): FileStat {
    const found = this.#stat(path);
    if (found) return found;
    const parent = dirname(path);
    const above = parent === path ? undefined : this.#stat(parent);
    throw fileError(above && above.kind !== "dir" ? "ENOTDIR" : "ENOENT", operation, path);
  }

  #described(path: string, { kind, size, modifiedMs }: FileStat): FsStat {
    return {
      isFile: kind === "file",
      isDirectory: kind === "dir",
      isSymbolicLink: kind === "symlink",
      mode: this.#mode(path, kind),
      size,
      mtime: new Date(modifiedMs),
      // There are no links: a path is a file's one name.
      identity: normalise(path),
    };
  }

  /** A script says by its first bytes that it can be run. */
  #mode(path: string, kind: FileStat["kind"]): number {
    const set = this.parts.modes.get(normalise(path));
    if (set !== undefined) return set;
    if (kind !== "file" || this.parts.system.covers(path)) return executable;
    return isScript(this.parts.vfs, path) ? executable : plain;
  }

  #refuseSystem(path: string, operation: string): void {
    if (this.parts.system.covers(path) || path === "/") throw fileError("EROFS", operation, path);
  }

  /** Scripts take it for granted; a tree without one gets it with the first file. */
  #temporary(path: string): void {
    if (isInside(path, "/tmp") && basename(path) !== "tmp" && !this.parts.vfs.stat("/tmp"))
      this.parts.vfs.mkdir("/tmp");
  }
}

const systemFolder: FileStat = { kind: "dir", size: 0, modifiedMs: 0, readonly: true };

export function isScript(vfs: Vfs, path: string): boolean {
  try {
    const file = vfs.open(path);
    try {
      const start = new Uint8Array(2);
      return file.readAt(start, 0) === 2 && start[0] === 0x23 && start[1] === 0x21;
    } finally {
      file.close();
    }
  } catch {
    // What cannot be read is no script.
    return false;
  }
}

function nameOf(options: Encoding): string | undefined {
  return typeof options === "string" ? options : (options?.encoding ?? undefined);
}
