/**
 * A directory of the virtual filesystem as real files beside the bridge: brought there before a program runs, and what the
 * program changed is brought back.
 * @module
 */
import { SerialQueue } from "../../base/serial-queue.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { type Changes, changesSince, isEmpty, type Marks, takeChanges } from "./file-changes.ts";
import type { BridgeLink } from "./link.ts";
import { type ProgramFiles, ProgramPaths } from "./program-files.ts";
import { RealFolder } from "./real-folder.ts";

export class Mirror implements ProgramFiles {
  /** Raised whenever files were pushed that were not there, or were different. */
  revision = 0;
  readonly paths: ProgramPaths;
  readonly #queue = new SerialQueue();
  readonly #folder: RealFolder;
  /** Files and folders as both sides last had them. */
  #known: Marks = new Map();

  /** @param root absolute, in the virtual filesystem */
  constructor(
    private readonly link: BridgeLink,
    private readonly root: string,
  ) {
    this.#folder = new RealFolder(
      link,
      () => link.call("files", "open", {}),
      () => {
        this.#known = new Map();
      },
    );
    this.paths = new ProgramPaths(root, async () => (await this.#folder.opened()).path);
  }

  push(files: Vfs): Promise<void> {
    return this.#queue.run(async () => {
      const { mirror } = await this.#folder.opened();
      const { now, changes } = changesSince(this.#known, files, this.root);
      if (!isEmpty(changes)) {
        await this.link.call("files", "push", { mirror, ...changes });
        this.revision += 1;
      }
      this.#known = now;
    });
  }

  pull(files: Vfs): Promise<void> {
    return this.#queue.run(async () => {
      const { mirror } = await this.#folder.opened();
      const changes = (await this.link.call("files", "pull", { mirror })) as Changes;
      takeChanges(changes, { known: this.#known, files, root: this.root });
    });
  }
}
