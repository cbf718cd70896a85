/**
 * Lets requests pass, unless somebody has the engine to himself (storage/hold.ts).
 * @module
 */
export class Gate {
  running = 0;
  held: Promise<void> | undefined;
  readonly idle: Array<() => void> = [];

  /** Undefined: it is in already. What is in has to {@link leave}. */
  enter(): Promise<void> | undefined {
    if (this.held) return this.held.then(() => this.enter());
    this.running++;
    return undefined;
  }

  leave(): void {
    if (--this.running === 0) for (const wake of this.idle.splice(0)) wake();
  }
}
