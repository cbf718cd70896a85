/**
 * A directory of the virtual filesystem as real files beside the bridge: brought there before a program runs, and what the
 * program changed is brought back. Paths are put from one into the other wherever a program is told or tells of them.
 * @module
 */
import { join, relative } from "../../base/paths.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { BridgeLink } from "./link.ts";

interface Changes {
  readonly folders: readonly string[];
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: Uint8Array }>;
  readonly deletes: readonly string[];
}

interface OpenMirror {
  readonly mirror: number;
  /** Where it really is. */
  readonly path: string;
}

/** What a path may be followed by where it ends. */
const boundary = "(?=$|[/\\s\"':;,)\\]}>|&])";

export class Mirror {
  #open: Promise<OpenMirror> | undefined;
  /** Files and folders as both sides last had them. */
  #known = new Map<string, string>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param root absolute, in the virtual filesystem */
  constructor(
    private readonly link: BridgeLink,
    private readonly root: string,
  ) {
    // What the bridge held for a lost connection is gone.
    link.onLost(() => {
      this.#open = undefined;
      this.#known = new Map();
    });
  }

  /** The real path of one beneath the root; undefined for others. */
  async real(path: string): Promise<string | undefined> {
    const below = relative(path, this.root);
    if (below === undefined) return undefined;
    const { path: real } = await this.#opened();
    return below === "" ? real : `${real}/${below}`;
  }

  /** Puts real paths for those beneath the root, wherever they stand in a text. */
  async intoReal(text: string): Promise<string> {
    if (!text.includes(this.root)) return text;
    const { path } = await this.#opened();
    return text.replaceAll(new RegExp(`(?<![\\w/.-])${escaped(this.root)}${boundary}`, "g"), () => path);
  }

  /** The other way round, in what a program wrote. */
  async fromReal(bytes: Uint8Array): Promise<Uint8Array> {
    const { path } = await this.#opened();
    // One character a byte: the paths are found whatever the rest is.
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    const own = latin1(path);
    if (!text.includes(own)) return bytes;
    return Uint8Array.from(text.replaceAll(own, latin1(this.root)), (char) => char.charCodeAt(0));
  }

  /** Brings over what changed here. */
  push(files: Vfs): Promise<void> {
    return this.#inTurn(async () => {
      const { mirror } = await this.#opened();
      const now = new Map<string, string>();
      const folders: string[] = [];
      const changed: Array<{ path: string; bytes: Uint8Array }> = [];
      const walk = (below: string) => {
        const at = join(this.root, below);
        for (const name of files.list(at)) {
          const path = below === "" ? name : `${below}/${name}`;
          const stat = files.stat(join(this.root, path));
          if (stat?.kind === "dir") {
            now.set(path, "folder");
            if (!this.#known.has(path)) folders.push(path);
            walk(path);
          } else if (stat?.kind === "file") {
            const mark = `${stat.version ?? ""}:${stat.size}:${stat.modifiedMs}`;
            now.set(path, mark);
            if (this.#known.get(path) !== mark) changed.push({ path, bytes: files.readFile(join(this.root, path)) });
          }
        }
      };
      if (files.stat(this.root)?.kind === "dir") walk("");
      const deletes = [...this.#known.keys()].filter((path) => !now.has(path));
      if (folders.length + changed.length + deletes.length > 0) {
        await this.link.call("files", "push", { mirror, folders, files: changed, deletes });
      }
      this.#known = now;
    });
  }

  /** Brings back what a program changed. */
  pull(files: Vfs): Promise<void> {
    return this.#inTurn(async () => {
      const { mirror } = await this.#opened();
      const { folders, files: changed, deletes } = (await this.link.call("files", "pull", { mirror })) as Changes;
      // What lies deepest goes first.
      for (const path of [...deletes].sort().reverse()) {
        const at = join(this.root, path);
        if (files.stat(at)) files.remove(at, { recursive: true });
        this.#known.delete(path);
      }
      for (const path of folders) {
        files.mkdir(join(this.root, path), { recursive: true });
        this.#known.set(path, "folder");
      }
      for (const { path, bytes } of changed) {
        const at = join(this.root, path);
        files.mkdir(at.slice(0, at.lastIndexOf("/")) || "/", { recursive: true });
        files.writeFile(at, bytes);
        const stat = files.stat(at);
        if (stat) this.#known.set(path, `${stat.version ?? ""}:${stat.size}:${stat.modifiedMs}`);
      }
    });
  }

  #opened(): Promise<OpenMirror> {
    this.#open ??= this.link.call("files", "open", {}) as Promise<OpenMirror>;
    return this.#open;
  }

  /** Two runs at once agree one after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function latin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
