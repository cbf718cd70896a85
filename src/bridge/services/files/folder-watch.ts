import type { MirrorFolder } from "./mirror-folder.ts";

/** Milliseconds between two looks; a directory that takes long is looked at more rarely. */
const pause = 1000;
const mostLoad = 20;

/**
 * Says once that a directory has changed, until both sides agree again. It looks by itself: what the systems offer to watch a
 * tree differs too much, and misses changes on some.
 */
export class FolderWatch {
  #timer: NodeJS.Timeout | undefined;
  #said = false;
  #closed = false;

  constructor(
    private readonly folder: MirrorFolder,
    private readonly changed: () => void,
  ) {
    this.#later(pause);
  }

  agreed(): void {
    this.#said = false;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #later(ms: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#look(), ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const start = performance.now();
    try {
      if (!this.#said && (await this.folder.changed())) {
        this.#said = true;
        this.changed();
      }
    } catch {
      // A file that went away during the look; the next pull says what is really wrong.
      this.#said = true;
      this.changed();
    }
    this.#later(Math.max(pause, (performance.now() - start) * mostLoad));
  }
}
