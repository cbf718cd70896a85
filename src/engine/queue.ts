/**
 * One at a time: loads and lifecycle operations change the registry and must not interleave.
 * @module
 */
export class Queue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(work, work);
    // The caller gets the failure; the next in line only waits.
    this.#tail = result.catch(() => {});
    return result;
  }
}
