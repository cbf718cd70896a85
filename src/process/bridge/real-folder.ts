import type { BridgeLink } from "./link.ts";

/** A directory beside the bridge, as its service `files` answers. */
export interface OpenFolder {
  /** By this the bridge knows it, on this connection. */
  readonly mirror: number;
  /** Where it really is. */
  readonly path: string;
}

/** A directory that the bridge is asked for when it is first needed, and again after a failure or a loss of the connection. */
export class RealFolder {
  #opening: Promise<OpenFolder> | undefined;

  /** @param lost hears that what the bridge held is gone */
  constructor(
    link: BridgeLink,
    private readonly ask: () => Promise<unknown>,
    lost: () => void,
  ) {
    link.onLost(() => {
      this.#opening = undefined;
      lost();
    });
  }

  /** Undefined where nobody has needed it yet. */
  get asked(): Promise<OpenFolder> | undefined {
    return this.#opening;
  }

  opened(): Promise<OpenFolder> {
    if (this.#opening) return this.#opening;
    const opening = this.ask() as Promise<OpenFolder>;
    this.#opening = opening;
    // Whoever asked hears of it; the next call tries again.
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    return opening;
  }
}
