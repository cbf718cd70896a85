/**
 * How many calls of each skill are at work or waiting.
 * @module
 */

export class CallCount {
  readonly #calls = new Map<string, number>();

  /** `limitOf`: calls a skill may have at once; 0: any number. */
  constructor(readonly limitOf: (skillId: string) => number) {}

  /** One more, which {@link leave} ends; false when there may be no more. */
  enter(skillId: string): boolean {
    const limit = this.limitOf(skillId);
    const count = this.#calls.get(skillId) ?? 0;
    if (limit > 0 && count >= limit) return false;
    this.#calls.set(skillId, count + 1);
    return true;
  }

  leave(skillId: string): void {
    this.#calls.set(skillId, (this.#calls.get(skillId) ?? 1) - 1);
  }
}
