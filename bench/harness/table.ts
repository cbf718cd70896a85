import { cpus, totalmem } from "node:os";
import { isMissed, type Row } from "./harness.ts";

export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${memory} GB, ${process.platform}`;
}

export function printTable(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  const cells = rows.map((row) => [
    row.question,
    `${row.subject} ${time(row.subjectUs)}`,
    `${row.reference} ${time(row.referenceUs)}`,
    `${row.ratio.toFixed(2)}x`,
    verdict(row),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells) {
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
  }
}

function verdict(row: Row): string {
  const { wanted: ratio, wantedOverUs, overUs } = row;
  const said = isMissed(row) ? "MISSED" : "met";
  if (ratio !== undefined) return `${said} (${wanted(ratio)})`;
  return wantedOverUs === undefined ? "" : `${said} (${overUs.toFixed(2)} us over it, wanted at most ${wantedOverUs})`;
}

const wanted = (ratio: number) =>
  ratio < 1 ? `wanted at least ${(1 / ratio).toFixed(1)}x faster` : `wanted at most ${ratio}x`;

function time(us: number): string {
  if (us >= 1000) return `${(us / 1000).toFixed(2)} ms`;
  return us >= 10 ? `${us.toFixed(0)} us` : `${us.toFixed(3)} us`;
}
