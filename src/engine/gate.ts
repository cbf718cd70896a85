/**
 * Lets requests pass, unless somebody has the engine to himself (storage/hold.ts).
 * @module
 */
export class Gate {
  running = 0;
  held: Promise<void> | undefined;
  readonly idle: Array<() => void> = [];

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.held) await this.held;
    this.running++;
    try {
      return await work();
    } finally {
      if (--this.running === 0) for (const wake of this.idle.splice(0)) wake();
    }
  }
}
