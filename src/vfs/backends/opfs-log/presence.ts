import type { LogDirectory } from "./files.ts";

/** Milliseconds for which a file that was found is taken for there: removed in them, it might as well be a moment later. */
const goodForMs = 10;
/** Milliseconds after which it is looked for again, beside the writes. */
const againMs = 5;

/**
 * Whether a file is still found by its name: one that was taken away under its handle can be written to as before. The browser
 * takes longer to look than to write, so of commits in a row not each one waits for that.
 */
export class Presence {
  #seenMs = Number.NEGATIVE_INFINITY;
  #name = "";
  #looking = false;

  /** @param now milliseconds that only grow */
  constructor(
    private readonly directory: Pick<LogDirectory, "has">,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Begun before a write, it says whether that write can be found again. */
  seen(name: string): Promise<boolean> {
    const ageMs = name === this.#name ? this.now() - this.#seenMs : Number.POSITIVE_INFINITY;
    const isFresh = ageMs < goodForMs;
    if (isFresh && (ageMs < againMs || this.#looking)) return Promise.resolve(true);
    const look = this.#look(name);
    // Whoever comes next hears what is wrong, and a write that fails by itself does not ask.
    look.catch(() => {});
    return isFresh ? Promise.resolve(true) : look;
  }

  async #look(name: string): Promise<boolean> {
    const begunMs = this.now();
    this.#looking = true;
    this.#name = name;
    try {
      const found = await this.directory.has(name);
      this.#seenMs = found ? begunMs : Number.NEGATIVE_INFINITY;
      return found;
    } catch (error) {
      this.#seenMs = Number.NEGATIVE_INFINITY;
      throw error;
    } finally {
      this.#looking = false;
    }
  }
}
