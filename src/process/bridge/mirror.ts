/**
 * A directory of the virtual filesystem as real files beside the bridge: brought there before a program runs, and what the
 * program changed is brought back.
 * @module
 */
import type { Vfs } from "../../vfs/interface.ts";
import { type Changes, changesSince, isEmpty, type Marks, takeChanges } from "./file-changes.ts";
import type { BridgeLink } from "./link.ts";
import { type ProgramFiles, ProgramPaths } from "./program-files.ts";
import { Turns } from "./turns.ts";

interface OpenMirror {
  readonly mirror: number;
  /** Where it really is. */
  readonly path: string;
}

export class Mirror implements ProgramFiles {
  /** Raised whenever files were pushed that were not there, or were different. */
  revision = 0;
  readonly paths: ProgramPaths;
  readonly #turns = new Turns();
  #open: Promise<OpenMirror> | undefined;
  /** Files and folders as both sides last had them. */
  #known: Marks = new Map();

  /** @param root absolute, in the virtual filesystem */
  constructor(
    private readonly link: BridgeLink,
    private readonly root: string,
  ) {
    this.paths = new ProgramPaths(root, async () => (await this.#opened()).path);
    // What the bridge held for a lost connection is gone.
    link.onLost(() => {
      this.#open = undefined;
      this.#known = new Map();
    });
  }

  push(files: Vfs): Promise<void> {
    return this.#turns.take(async () => {
      const { mirror } = await this.#opened();
      const { now, changes } = changesSince(this.#known, files, this.root);
      if (!isEmpty(changes)) {
        await this.link.call("files", "push", { mirror, ...changes });
        this.revision += 1;
      }
      this.#known = now;
    });
  }

  pull(files: Vfs): Promise<void> {
    return this.#turns.take(async () => {
      const { mirror } = await this.#opened();
      const changes = (await this.link.call("files", "pull", { mirror })) as Changes;
      takeChanges(changes, { known: this.#known, files, root: this.root });
    });
  }

  #opened(): Promise<OpenMirror> {
    this.#open ??= this.link.call("files", "open", {}) as Promise<OpenMirror>;
    return this.#open;
  }
}
