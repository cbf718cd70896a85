/**
 * How many calls of each skill are at work or waiting.
 * @module
 */

export class CallCount {
  readonly #calls = new Map<string, number>();

  constructor(private readonly limitOf: (skillId: string) => number) {}

  /** @throws what `overloaded` answers */
  async within<T>(skillId: string, work: () => Promise<T>, overloaded: (limit: number) => Promise<Error>): Promise<T> {
    const limit = this.limitOf(skillId);
    const count = this.#calls.get(skillId) ?? 0;
    if (limit > 0 && count >= limit) throw await overloaded(limit);
    this.#calls.set(skillId, count + 1);
    try {
      return await work();
    } finally {
      const left = (this.#calls.get(skillId) ?? 1) - 1;
      if (left > 0) this.#calls.set(skillId, left);
      else this.#calls.delete(skillId);
    }
  }
}
