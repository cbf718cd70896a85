import { mkdtempSync, realpathSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** A directory of one connection's own, made when first needed and gone with it. */
export class Scratch {
  #root: string | undefined;
  #used = 0;

  /** Its path; undefined while nothing needed it. */
  get root(): string | undefined {
    return this.#root;
  }

  /** The directory itself. */
  open(): string {
    // Only this user may look into it.
    this.#root ??= mkdtempSync(path.join(realpathSync(tmpdir()), "luaskills-bridge-"));
    return this.#root;
  }

  /** An empty directory in it. */
  async folder(name: string): Promise<string> {
    this.#used += 1;
    const folder = path.join(this.open(), `${name}-${this.#used}`);
    await mkdir(folder);
    return folder;
  }

  async close(): Promise<void> {
    if (this.#root) await rm(this.#root, { recursive: true, force: true });
    this.#root = undefined;
  }
}
