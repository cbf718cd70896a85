/** The `limit` smallest distances seen so far, with their rows; equal distances keep the lower row. A bounded max-heap. */
export class Nearest {
  readonly #distances: Float64Array;
  readonly #rows: Float64Array;
  #size = 0;

  constructor(readonly limit: number) {
    this.#distances = new Float64Array(limit);
    this.#rows = new Float64Array(limit);
  }

  get full(): boolean {
    return this.#size === this.limit;
  }

  /** The largest distance kept, Infinity while there is room. */
  get worst(): number {
    return this.full ? (this.#distances[0] ?? 0) : Number.POSITIVE_INFINITY;
  }

  /** @param distance not NaN, which has no place in an order */
  add(distance: number, row: number): void {
    if (!this.full) {
      this.#put(this.#size, distance, row);
      this.#rise(this.#size++);
    } else if (this.#before(distance, row, 0)) {
      this.#put(0, distance, row);
      this.#sink(0);
    }
  }

  /** Nearest first. */
  sorted(): Array<{ readonly row: number; readonly distance: number }> {
    return Array.from({ length: this.#size }, (_, i) => ({
      row: this.#rows[i] ?? 0,
      distance: this.#distances[i] ?? 0,
    })).sort((a, b) => (a.distance === b.distance ? a.row - b.row : a.distance - b.distance));
  }

  #before(distance: number, row: number, slot: number): boolean {
    const other = this.#distances[slot] ?? 0;
    return distance < other || (distance === other && row < (this.#rows[slot] ?? 0));
  }

  #put(slot: number, distance: number, row: number): void {
    this.#distances[slot] = distance;
    this.#rows[slot] = row;
  }

  #swap(a: number, b: number): void {
    const [distance, row] = [this.#distances[a] ?? 0, this.#rows[a] ?? 0];
    this.#put(a, this.#distances[b] ?? 0, this.#rows[b] ?? 0);
    this.#put(b, distance, row);
  }

  #rise(from: number): void {
    for (let slot = from; slot > 0; ) {
      const parent = (slot - 1) >> 1;
      if (!this.#before(this.#distances[parent] ?? 0, this.#rows[parent] ?? 0, slot)) return;
      this.#swap(slot, parent);
      slot = parent;
    }
  }

  #sink(from: number): void {
    for (let slot = from; ; ) {
      let farthest = slot;
      for (const child of [2 * slot + 1, 2 * slot + 2]) {
        if (child < this.#size && this.#before(this.#distances[farthest] ?? 0, this.#rows[farthest] ?? 0, child)) {
          farthest = child;
        }
      }
      if (farthest === slot) return;
      this.#swap(slot, farthest);
      slot = farthest;
    }
  }
}
