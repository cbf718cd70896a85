/**
 * The table, and whether it is as it has to be.
 * @module
 */
import type { Measured, MeasureOptions } from "./measure.ts";
import { kinds as known } from "./programs.ts";

export interface Judgement {
  readonly kinds?: MeasureOptions["kinds"];
  /** How many times the lateness that is wanted is a failure. */
  readonly times: number;
  /** Programs later than this are named. Default those later than wanted. */
  readonly namedMs?: number;
}

/** @param clock what lateness is, for the title of its columns */
export function printTable(
  host: string,
  clock: string,
  measured: readonly Measured[],
  { times, namedMs, kinds = known }: Judgement,
): { passed: number; failed: number } {
  let failed = 0;
  console.log(`\n${host}; late: ${clock}`);
  const heads = ["tried", "refused", "late p50", "late p99", "usable"];
  console.log(`${"".padEnd(28)}${heads.map((word) => word.padStart(10)).join("")}`);
  for (const { name, lateMs } of kinds) {
    const rows = measured.filter(({ kind }) => kind === name);
    if (rows.length === 0) continue;
    for (const row of rows) {
      const isRight = row.usable && row.said === undefined;
      if (row.lateMs > times * lateMs || !isRight) failed++;
      if (row.lateMs <= (namedMs ?? lateMs) && isRight) continue;
      const wrong = `${row.usable ? "" : ", not usable afterwards"}${row.said === undefined ? "" : `, said ${row.said}`}`;
      console.log(`  ${row.name}: ${row.ended}, ${row.lateMs.toFixed(0)} ms late${wrong}`);
    }
    const late = rows.map((row) => row.lateMs).sort((a, b) => a - b);
    const share = (part: number) =>
      `${(late[Math.min(late.length - 1, Math.floor(late.length * part))] ?? 0).toFixed(1)} ms`;
    const count = (test: (row: Measured) => boolean) => String(rows.filter(test).length);
    const cells = [
      String(rows.length),
      count(({ ended }) => ended !== "returned"),
      share(0.5),
      share(0.99),
      count(({ usable }) => usable),
    ];
    console.log(`${name.padEnd(28)}${cells.map((cell) => cell.padStart(10)).join("")}`);
  }
  return { passed: measured.length - failed, failed };
}
