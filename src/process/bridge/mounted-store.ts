import type { VfsStore } from "../../vfs/interface.ts";
import type { MountVfs } from "../../vfs/mount.ts";
import type { Mount } from "./mount.ts";

export interface Mounted {
  readonly mounts: readonly Mount[];
  /** Places something was written below since the last commit. */
  readonly changed: Set<string>;
  close(): void;
}

/** A store with further directories in its tree. A commit reaches them, too. */
export class MountedStore implements VfsStore {
  readonly kind: VfsStore["kind"];

  constructor(
    private readonly base: VfsStore,
    readonly fs: MountVfs,
    private readonly mounted: Mounted,
  ) {
    this.kind = base.kind;
    if (base.verify) this.verify = base.verify.bind(base);
    if (base.move) this.move = base.move.bind(base);
  }

  verify?: VfsStore["verify"];
  move?: VfsStore["move"];

  get persisted(): boolean {
    return this.base.persisted === true;
  }

  get memoryBytes(): number | undefined {
    return this.base.memoryBytes;
  }

  get dirty(): boolean {
    return this.base.dirty || this.mounted.changed.size > 0;
  }

  async commit(options?: { strict?: boolean }): Promise<void> {
    await this.base.commit(options);
    const { mounts, changed } = this.mounted;
    for (const mount of mounts) {
      if (!changed.delete(mount.at)) continue;
      try {
        await mount.push();
      } catch (error) {
        changed.add(mount.at);
        throw error;
      }
    }
  }

  async close(): Promise<void> {
    try {
      await this.commit();
    } finally {
      this.mounted.close();
      await this.base.close();
    }
  }
}
