import { bytesToLatin1, latin1ToBytes } from "../../base/bytes/latin1.ts";
import { relative } from "../../base/paths.ts";
import type { Vfs } from "../../vfs/interface.ts";

/** Files of the runtime that programs of the bridge find as real ones. */
export interface ProgramFiles {
  /** Before a program runs: what changed here is there. */
  push(files: Vfs): Promise<void>;
  /** Afterwards: what changed there is here. */
  pull(files: Vfs): Promise<void>;
  readonly paths: ProgramPaths;
}

const encoder = new TextEncoder();
/** What a path may be followed by where it ends. */
const boundary = "(?=$|[/\\s\"':;,)\\]}>|&])";

/** Paths of the runtime put into real ones and back, wherever a program is told or tells of them. */
export class ProgramPaths {
  /**
   * @param root absolute, in the virtual filesystem
   * @param place where it really is
   */
  constructor(
    private readonly root: string,
    private readonly place: () => Promise<string>,
  ) {}

  /** The real path of one beneath the root; undefined for others. */
  async real(path: string): Promise<string | undefined> {
    const below = relative(path, this.root);
    if (below === undefined) return undefined;
    const real = await this.place();
    return below === "" ? real : `${real}/${below}`;
  }

  /** Puts real paths for those beneath the root, wherever they stand in a text. */
  async intoReal(text: string): Promise<string> {
    if (!text.includes(this.root)) return text;
    const path = await this.place();
    return text.replaceAll(new RegExp(`(?<![\\w/.-])${escaped(this.root)}${boundary}`, "g"), () => path);
  }

  /** The other way round, in what a program wrote. */
  async fromReal(bytes: Uint8Array): Promise<Uint8Array> {
    const path = await this.place();
    // One character a byte: the paths are found whatever the rest is.
    const text = bytesToLatin1(bytes);
    const own = bytesToLatin1(encoder.encode(path));
    if (!text.includes(own)) return bytes;
    return latin1ToBytes(text.replaceAll(own, () => bytesToLatin1(encoder.encode(this.root))));
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
