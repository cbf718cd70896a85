/**
 * Measuring for bench/*.ts: a subject against references in the same run, interleaved, so that only ratios count. Works in
 * Node and in a page.
 * @module
 */

/**
 * Runs a batch and says how many operations it was, or the microseconds it has measured itself. A batch should take at least a few
 * milliseconds.
 */
export type Batch = () => number | Measured | Promise<number | Measured>;

export interface Measured {
  readonly us: number;
}

export interface Contender {
  readonly name: string;
  readonly batch: Batch;
}

export interface Bench {
  /** What is asked, in words: `warm call of a trivial skill`. */
  readonly question: string;
  readonly subject: Contender;
  /** The floor or the peer; the ratio in the table is subject / reference. */
  readonly reference: Contender;
  /** The ratio we want: at most (slower than a floor) or, below 1, that much faster than a peer. */
  readonly wanted?: number;
  /** Microseconds over the reference that we want at most, where the floor itself differs from platform to platform. */
  readonly wantedOverUs?: number;
  /** Rounds of one batch each; default 21. */
  readonly rounds?: number;
}

/** A file of benches: `bench/<name>.ts` runs in Node, `bench/<name>.browser.ts` in a Chromium page. */
export interface BenchFile {
  /** In a browser: a dedicated worker of the page, which has what pages have not. */
  readonly inWorker?: boolean;
  /** Prepares what the benches share; the result's `close` runs after them. `host`: elsewhere than in this Node, where they can. */
  readonly benches: (host?: string) => Promise<{ readonly list: readonly Bench[]; close?(): unknown }>;
}

export interface Row {
  readonly question: string;
  readonly subject: string;
  readonly reference: string;
  /** Microseconds per operation, medians. */
  readonly subjectUs: number;
  readonly referenceUs: number;
  readonly ratio: number;
  readonly wanted?: number;
  readonly overUs: number;
  readonly wantedOverUs?: number;
}

export function isMissed({ ratio, wanted, overUs, wantedOverUs }: Row): boolean {
  return (wanted !== undefined && ratio > wanted) || (wantedOverUs !== undefined && overUs > wantedOverUs);
}

const warmUpRounds = 3;

export async function measure(bench: Bench): Promise<Row> {
  const subject: number[] = [];
  const reference: number[] = [];
  const rounds = bench.rounds ?? 21;
  for (let round = -warmUpRounds; round < rounds; round++) {
    const pair = [await perOperation(bench.subject.batch), await perOperation(bench.reference.batch)] as const;
    if (round < 0) continue;
    subject.push(pair[0]);
    reference.push(pair[1]);
  }
  const [subjectUs, referenceUs] = [median(subject), median(reference)];
  // Of neighbours: what slows the machine down for a while slows both.
  const ratio = median(subject.map((us, round) => us / (reference[round] as number)));
  return {
    question: bench.question,
    subject: bench.subject.name,
    reference: bench.reference.name,
    subjectUs,
    referenceUs,
    ratio,
    overUs: median(subject.map((us, round) => us - (reference[round] as number))),
    ...(bench.wantedOverUs === undefined ? {} : { wantedOverUs: bench.wantedOverUs }),
    ...(bench.wanted === undefined ? {} : { wanted: bench.wanted }),
  };
}

async function perOperation(batch: Batch): Promise<number> {
  const started = performance.now();
  const answer = await batch();
  return typeof answer === "object" ? answer.us : ((performance.now() - started) * 1000) / answer;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
