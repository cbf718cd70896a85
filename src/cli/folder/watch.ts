import { type FSWatcher, watch } from "node:fs";

/** What skills write while they run, and Git at any time. */
const ignored = /^\.(?:luaskills|git)/;

/** Calls back a moment after files below the folders have changed, and never while the last call is not over. */
export class Watch {
  readonly #watchers: FSWatcher[];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(
    folders: readonly string[],
    private readonly work: () => Promise<void>,
  ) {
    this.#watchers = folders.map((folder) =>
      watch(folder, { recursive: true }, (_event, name) => {
        if (name === null || !ignored.test(name)) this.#soon();
      }),
    );
  }

  /** Resolves when the work that runs is over. */
  async close(): Promise<void> {
    for (const watcher of this.#watchers) watcher.close();
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Editors write in several steps. */
  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), 100);
  }

  async #run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#again = true;
      return;
    }
    this.#running = this.work();
    await this.#running;
    this.#running = undefined;
    if (!this.#again) return;
    this.#again = false;
    this.#soon();
  }
}
