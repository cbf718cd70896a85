import { parse } from "yaml";
import type { Outcome } from "./executor.ts";

/** One promise of known-gaps.yaml: a case or a whole suite that does not pass somewhere, and why. */
export interface Gap {
  readonly id?: string;
  readonly suite?: string;
  /** Names of `--env`, or `all`. */
  readonly environments: readonly string[];
  /** Only under this strategy or isolation, when given. */
  readonly waiting?: "J" | "Y";
  readonly isolation?: "skill" | "shared";
  readonly reason: string;
  /** The case itself is held to be wrong; why. */
  readonly disputed?: string;
}

export interface Circumstances {
  readonly environment: string;
  readonly waiting: string;
  readonly isolation: string;
}

/** @throws Error naming the entry that breaks the format. */
export function parseGaps(text: string): readonly Gap[] {
  const entries: unknown = parse(text) ?? [];
  if (!Array.isArray(entries)) throw new Error("known-gaps.yaml must be a list");
  return entries.map((entry: Partial<Gap>, index) => {
    const named = (typeof entry.id === "string") !== (typeof entry.suite === "string");
    const { environments, reason } = entry;
    if (!named || !Array.isArray(environments) || environments.length === 0 || !reason?.trim()) {
      throw new Error(
        `known-gaps.yaml, entry ${index + 1} (${entry.id ?? entry.suite ?? "unnamed"}): needs either id or suite, a list of environments, and a reason`,
      );
    }
    return { ...entry, environments, reason };
  });
}

export interface Judged {
  readonly suite: string;
  readonly id: string;
  readonly outcome: Outcome;
}

/**
 * Holds outcomes against the list: a listed failure becomes a skip with the reason; a listed case that passes becomes a
 * failure (the promise was kept, take it off), and so does a listed suite of which every case passes.
 */
export function applyGaps<T extends Judged>(judged: readonly T[], gaps: readonly Gap[], where: Circumstances): T[] {
  const active = gaps.filter((gap) => applies(gap, where));
  const kept = new Set(active.filter((gap) => gap.suite !== undefined && allPass(judged, gap.suite)));
  return judged.map((one) => {
    const gap = active.find((g) => g.id === one.id) ?? active.find((g) => g.suite === one.suite);
    if (!gap) return one;
    const { status, ms } = one.outcome;
    const why = `known gap: ${gap.reason}${gap.disputed ? ` (disputed: ${gap.disputed})` : ""}`;
    if (status !== "passed") return { ...one, outcome: { status: "skipped", detail: why, ms } };
    if (gap.suite !== undefined && !kept.has(gap)) return one;
    const detail = `passes, but known-gaps.yaml lists ${gap.id ?? `the suite ${gap.suite}`}: take the entry off (${gap.reason})`;
    return { ...one, outcome: { status: "failed", detail, ms } };
  });
}

function applies(gap: Gap, where: Circumstances): boolean {
  return (
    (gap.environments.includes("all") || gap.environments.includes(where.environment)) &&
    (gap.waiting ?? where.waiting) === where.waiting &&
    (gap.isolation ?? where.isolation) === where.isolation
  );
}

function allPass(judged: readonly Judged[], suite: string): boolean {
  const own = judged.filter((one) => one.suite === suite);
  return own.length > 0 && own.every((one) => one.outcome.status === "passed");
}
