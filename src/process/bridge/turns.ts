/** One after the other, in the order they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    // Whoever took the turn hears of its failure.
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
