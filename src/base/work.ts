/**
 * Who pays for the work that JavaScript does now. Host functions, databases, parsers and the tree book what they do, and
 * none of them has to be handed the run it is for: within one engine only one of them works at a time.
 * @module
 */

/** What a run has written, and the rows that SQL gave it or changed for it. */
export interface Tally {
  bytesWritten: number;
  sqlRows: number;
}

export interface Payer {
  /** For its usage. */
  readonly tally?: Tally;
  /** One of its limits has passed. */
  readonly over: boolean;
  /**
   * Books work in budget units, about 10 ns each, and bytes that are built for the answer.
   * @throws Error once it is over its limits, or when the answer would be larger than it may have
   */
  charge(units: number, bytes?: number): void;
}

// allowed: one thread does one thing at a time; whoever sets it puts it back
let payer: Payer | undefined;

/** Says who pays from now on; answers who did until now, to be put back. */
export function setPayer(next: Payer | undefined): Payer | undefined {
  const before = payer;
  payer = next;
  return before;
}

/** {@link Payer.charge} on whoever pays; loops over what a program chose the size of call it in every turn. */
export function charge(units: number, bytes?: number): void {
  payer?.charge(units, bytes);
}

/** Counts for the usage of whoever pays. */
export function tally(what: keyof Tally, count: number): void {
  const counts = payer?.tally;
  if (counts) counts[what] += count;
}

/** For what goes on after a wait: `work` is paid for by whoever pays now. */
export function paying<Args extends unknown[], T>(work: (...args: Args) => T): (...args: Args) => T {
  const mine = payer;
  return (...args) => {
    const before = setPayer(mine);
    try {
      return work(...args);
    } finally {
      setPayer(before);
    }
  };
}
