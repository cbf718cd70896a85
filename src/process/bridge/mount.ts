/**
 * A real directory of the bridge in the virtual filesystem: read when the runtime starts, kept up with what changes on either
 * side. A file that changed on both sides is the runtime's.
 * @module
 */
import { join } from "../../base/paths.ts";
import type { BridgeMount } from "../../contract/contract.ts";
import { LuaSkillsError } from "../../errors.ts";
import type { Vfs } from "../../vfs/interface.ts";
import { type Changes, changesSince, isEmpty, type Marks, markOf, takeChanges } from "./file-changes.ts";
import type { BridgeLink } from "./link.ts";
import { type ProgramFiles, ProgramPaths } from "./program-files.ts";
import { Turns } from "./turns.ts";

interface OpenMount {
  readonly mirror: number;
  readonly path: string;
}

export class Mount implements ProgramFiles {
  readonly paths: ProgramPaths;
  readonly #turns = new Turns();
  #open: Promise<OpenMount> | undefined;
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
    this.paths = new ProgramPaths(at, async () => (await this.#opened()).path);
    link.onLost(() => {
      this.#open = undefined;
      this.#fresh = true;
    });
    link.onEvent("files", (name, data) => {
      if (name !== "changed") return;
      const { mirror } = data as { mirror: number };
      void this.#open
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
    return this.#turns.take(async () => {
      // A new connection has not been compared with: what changed there meanwhile must not be written over.
      if (this.#fresh) await this.#pull();
      if (this.readonly) return;
      const { mirror } = await this.#opened();
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
    return this.#turns.take(() => this.#pull());
  }

  async #pull(): Promise<void> {
    const { mirror } = await this.#opened();
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

  #opened(): Promise<OpenMount> {
    const { directory, access = "read-only", exclude = [] } = this.options;
    if (!this.#open) {
      const opening = this.link.call("files", "mount", { directory, access, exclude }) as Promise<OpenMount>;
      this.#open = opening;
      // Whoever asked hears of it; the next call tries again.
      opening.catch(() => {
        if (this.#open === opening) this.#open = undefined;
      });
    }
    return this.#open;
  }
}

const isRefusal = (error: unknown): boolean => error instanceof LuaSkillsError && error.code === "permission_denied";
