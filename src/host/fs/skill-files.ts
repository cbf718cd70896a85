/**
 * The file tree as the code in one VM may see it. What it may not see looks like what is not there; what it may see but not
 * change is refused as POSIX refuses it.
 * @module
 */
import { dirname, join, normalise } from "../../base/paths.ts";
import type { FileStat } from "../../contract/contract.ts";
import type { PathRules } from "../../policy/path-rules.ts";
import { osTexts, type Vfs, VfsError, type VfsFile } from "../../vfs/interface.ts";
import { checkPath } from "./bounded-paths.ts";
import type { FileLedger } from "./file-ledger.ts";

export interface FileGuard {
  /** Whose code it is. */
  subject(): string | null;
  /** Undefined: everything is allowed. Asked at each operation: a VM gets its owner after it was made. */
  rules(): PathRules | undefined;
  /** Undefined: nothing is counted. */
  ledger(): FileLedger | undefined;
  /** `text`: what the program reads. */
  denied(action: "file.read" | "file.write", path: string, text: string): void;
}

export class SkillFiles implements Vfs {
  constructor(
    private readonly vfs: Vfs,
    private readonly guard: FileGuard,
  ) {}

  stat(path: string, options?: { followLinks?: boolean }): FileStat | undefined {
    checkPath(path, "stat");
    const rules = this.guard.rules();
    if (!rules) return this.vfs.stat(path, options);
    const access = rules.access(path);
    const stat = this.vfs.stat(path, options);
    if (access === "none") {
      if (stat) this.guard.denied("file.read", path, osTexts.ENOENT);
      return undefined;
    }
    return stat && access !== "write" ? { ...stat, readonly: true } : stat;
  }

  list(path: string): string[] {
    checkPath(path, "list");
    const rules = this.guard.rules();
    this.#mayRead(path, "list");
    const names = this.vfs.list(path);
    return rules ? names.filter((name) => rules.access(join(path, name)) !== "none") : names;
  }

  readFile(path: string): Uint8Array {
    checkPath(path, "read");
    this.#mayRead(path, "read");
    return this.vfs.readFile(path);
  }

  writeFile(path: string, content: Uint8Array, options?: { append?: boolean }): void {
    checkPath(path, "write");
    this.#mayWrite(path, "write");
    this.#mayBeFile(path, "write");
    const ledger = this.guard.ledger();
    if (ledger) {
      const at = normalise(path);
      ledger.take(at, content.length + (options?.append ? ledger.sizeOf(at) : 0), "write");
    }
    this.vfs.writeFile(path, content, options);
  }

  mkdir(path: string, options?: { recursive?: boolean }): void {
    checkPath(path, "mkdir");
    const rules = this.guard.rules();
    // What is there already needs no right to make it.
    if (rules && options?.recursive && rules.access(path) !== "none" && this.vfs.stat(path)?.kind === "dir") return;
    this.#mayWrite(path, "mkdir");
    this.vfs.mkdir(path, options);
  }

  remove(path: string, options?: { recursive?: boolean }): void {
    checkPath(path, "remove");
    this.#mayWrite(path, "remove", true);
    this.vfs.remove(path, options);
    this.guard.ledger()?.drop(normalise(path));
  }

  rename(from: string, to: string): void {
    checkPath(from, "rename");
    checkPath(to, "rename");
    this.#mayWrite(from, "rename", true);
    this.#mayWrite(to, "rename", true);
    this.#mayBeFile(to, "rename");
    this.vfs.rename(from, to);
    this.guard.ledger()?.moved(normalise(from), normalise(to));
  }

  open(path: string, options?: { create?: boolean }): VfsFile {
    checkPath(path, "open");
    const rules = this.guard.rules();
    const ledger = this.guard.ledger();
    const at = normalise(path);
    const opened = (given = options) => {
      const work = () => this.vfs.open(path, given);
      return ledger ? ledger.open(at, work) : work();
    };
    if (!rules || rules.access(path) === "write") {
      if (options?.create) this.#mayBeFile(path, "open");
      if (options?.create) ledger?.take(at, ledger.sizeOf(at), "open");
      return opened();
    }
    this.#mayRead(path, "open");
    const file = opened({});
    return new ReadOnlyFile(file, () => this.#refuse(path, "write"));
  }

  #mayBeFile(path: string, operation: string): void {
    if (this.guard.rules()?.isDirectory(path)) throw new VfsError("EISDIR", path, operation);
  }

  #mayRead(path: string, operation: string): void {
    const rules = this.guard.rules();
    if (rules?.access(path) !== "none") return;
    if (this.vfs.stat(path)) this.guard.denied("file.read", path, osTexts.ENOENT);
    throw new VfsError("ENOENT", path, operation);
  }

  /** `whole`: with everything below it. */
  #mayWrite(path: string, operation: string, whole = false): void {
    const rules = this.guard.rules();
    if (!rules) return;
    if (rules.access(path) === "write" && !(whole && rules.holdsProtected(path))) return;
    this.#refuse(path, operation);
  }

  #refuse(path: string, operation: string): never {
    const hidden = this.guard.rules()?.access(path) === "none" && this.guard.rules()?.access(dirname(path)) === "none";
    const errno = hidden ? "ENOENT" : "EACCES";
    this.guard.denied("file.write", path, osTexts[errno]);
    throw new VfsError(errno, path, operation);
  }
}

class ReadOnlyFile implements VfsFile {
  constructor(
    private readonly file: VfsFile,
    private readonly refuse: () => never,
  ) {}

  get size(): number {
    return this.file.size;
  }
  readAt(target: Uint8Array, offset: number): number {
    return this.file.readAt(target, offset);
  }
  writeAt(): void {
    this.refuse();
  }
  truncate(): void {
    this.refuse();
  }
  close(): void {
    this.file.close();
  }
}
