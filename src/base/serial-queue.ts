/** One piece of work at a time, in the order they were asked for; a failure does not stop the next. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work, work);
    // The caller gets the failure; the next in line only waits.
    this.#tail = result.catch(() => {});
    return result;
  }
}
