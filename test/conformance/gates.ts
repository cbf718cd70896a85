/** Places where host tools stand until a step lets them go: what makes "while another waits" a matter of order, not of time. */
export class Gates {
  readonly #gates = new Map<string, Gate>();

  /** Stands at the gate until it is released. */
  async pass(name: string): Promise<void> {
    const gate = this.#gate(name);
    gate.reached.resolve();
    await gate.released.promise;
  }

  /** When somebody stands, or has stood, at the gate. */
  async reached(name: string): Promise<void> {
    await this.#gate(name).reached.promise;
  }

  release(name: string): void {
    this.#gate(name).released.resolve();
  }

  /** Nobody waits at the end of a case. */
  releaseAll(): void {
    for (const { released } of this.#gates.values()) released.resolve();
  }

  #gate(name: string): Gate {
    const known = this.#gates.get(name) ?? { reached: signal(), released: signal() };
    this.#gates.set(name, known);
    return known;
  }
}

interface Signal {
  readonly promise: Promise<void>;
  resolve(): void;
}

interface Gate {
  readonly reached: Signal;
  readonly released: Signal;
}

function signal(): Signal {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
