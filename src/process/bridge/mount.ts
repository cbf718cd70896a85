/**
 * A real directory of the bridge in the virtual filesystem: read when the runtime starts, kept up with what changes on either
 * side. A file that changed on both sides is the runtime's.
 * @module
 */
import { join } from "../../base/paths.ts";
import { SerialQueue } from "../../base/serial-queue.ts";
import type { BridgeMount } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { type Changes, changesSince, isEmpty, type Marks, markOf, takeChanges } from "./file-changes.ts";
import type { BridgeLink } from "./link.ts";
import { type ProgramFiles, ProgramPaths } from "./program-files.ts";
import { RealFolder } from "./real-folder.ts";

export class Mount implements ProgramFiles {
  readonly paths: ProgramPaths;
  readonly #queue = new SerialQueue();
  readonly #folder: RealFolder;
  #known: Marks = new Map();
  /** Nothing was compared yet on this connection. */
  #fresh = true;

  /**
   * @param at where it is in `files`
   * @param report hears of a change of the other side that could not be taken in
   */
  constructor(
    private readonly link: BridgeLink,
    readonly at: string,
    private readonly options: BridgeMount,
    private readonly files: Vfs,
    report: (error: unknown) => void,
  ) {
    const { directory, access = "read-only", exclude = [] } = options;
    this.#folder = new RealFolder(
      link,
      () => link.call("files", "mount", { directory, access, exclude }),
      () => {
        this.#fresh = true;
      },
    );
    this.paths = new ProgramPaths(at, async () => (await this.#folder.opened()).path);
    link.onEvent("files", (name, data) => {
      if (name !== "changed") return;
      const { mirror } = data as { mirror: number };
      void this.#folder.asked
        ?.then(async (open) => {
          if (open.mirror === mirror) await this.pull();
        })
        .catch(report);
    });
  }

  get readonly(): boolean {
    return this.options.access !== "read-write";
  }

  /** Brings over what changed here. */
  push(): Promise<void> {
    return this.#queue.run(async () => {
      // A new connection has not been compared with: what changed there meanwhile must not be written over.
      if (this.#fresh) await this.#pull();
      if (this.readonly) return;
      const { mirror } = await this.#folder.opened();
      const { now, changes } = changesSince(this.#known, this.files, this.at);
      if (!isEmpty(changes)) await this.#send(mirror, changes, now);
      this.#known = now;
    });
  }

  /** What the bridge refuses keeps back nothing else, and is told of once. */
  async #send(mirror: number, changes: Changes, now: Marks): Promise<void> {
    const push = (some: Partial<Changes>) =>
      this.link.call("files", "push", { mirror, folders: [], files: [], deletes: [], ...some });
    try {
      await push(changes);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const pieces: Partial<Changes>[] = [
        ...changes.deletes.map((path) => ({ deletes: [path] })),
        ...changes.folders.map((path) => ({ folders: [path] })),
        ...changes.files.map((file) => ({ files: [file] })),
      ];
      let first: unknown;
      for (const piece of pieces) {
        await push(piece).catch((refused: unknown) => {
          if (!isRefusal(refused)) throw refused;
          first ??= refused;
        });
      }
      this.#known = now;
      throw first ?? error;
    }
  }

  /** Brings here what changed there. */
  pull(): Promise<void> {
    return this.#queue.run(() => this.#pull());
  }

  async #pull(): Promise<void> {
    const { mirror } = await this.#folder.opened();
    const changes = (await this.link.call("files", "pull", { mirror })) as Changes;
    const known = this.#known;
    // The first answer of a connection is all there is: what is missing in it is gone.
    const all = this.#fresh ? new Set([...changes.folders, ...changes.files.map(({ path }) => path)]) : undefined;
    const gone = all ? [...known.keys()].filter((path) => !all.has(path)) : [];
    this.#fresh = false;
    takeChanges(
      { ...changes, deletes: [...changes.deletes, ...gone] },
      {
        known,
        files: this.files,
        root: this.at,
        keeps: (path) => !this.readonly && markOf(this.files, join(this.at, path)) !== known.get(path),
      },
    );
  }
}

const isRefusal = (error: unknown): boolean => error instanceof LuaSkillsError && error.code === "permission_denied";
