import type { Judged } from "./known-gaps.ts";

/** One line per suite, then the failures with their differences, then why cases were skipped. */
export function render(judged: readonly Judged[]): string {
  const lines: string[] = [];
  const suites = bySuite(judged);
  for (const [suite, cases] of suites) {
    const count = (status: string) => cases.filter((one) => one.outcome.status === status).length;
    const ms = cases.reduce((sum, one) => sum + one.outcome.ms, 0);
    lines.push(
      `${suite.padEnd(28)} ${pad(count("passed"))} passed ${pad(count("failed"))} failed ${pad(count("skipped"))} skipped ${pad(Math.round(ms), 7)} ms`,
    );
  }
  for (const one of judged.filter((j) => j.outcome.status === "failed")) {
    lines.push("", `FAILED ${one.suite} / ${one.id}`, `    ${one.outcome.detail ?? "no detail"}`);
  }
  const reasons = new Map<string, string[]>();
  for (const one of judged.filter((j) => j.outcome.status === "skipped")) {
    const reason = one.outcome.detail ?? "no reason";
    reasons.set(reason, [...(reasons.get(reason) ?? []), one.id]);
  }
  if (reasons.size > 0) lines.push("");
  for (const [reason, ids] of reasons) lines.push(`SKIPPED ${reason}: ${shorten(ids)}`);
  return lines.join("\n");
}

export function total(judged: readonly Judged[]): { passed: number; failed: number; skipped: number } {
  const sums = { passed: 0, failed: 0, skipped: 0 };
  for (const one of judged) sums[one.outcome.status]++;
  return sums;
}

function bySuite(judged: readonly Judged[]): Map<string, Judged[]> {
  const suites = new Map<string, Judged[]>();
  for (const one of judged) suites.set(one.suite, [...(suites.get(one.suite) ?? []), one]);
  return suites;
}

const pad = (n: number, width = 4) => String(n).padStart(width);
const shorten = (ids: readonly string[]) =>
  ids.length > 6 ? `${ids.slice(0, 6).join(", ")} and ${ids.length - 6} more` : ids.join(", ");
