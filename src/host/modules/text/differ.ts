/**
 * Differences between two texts, and patches.
 * @module
 */
import {
  DIFF_DELETE,
  DIFF_EQUAL,
  DIFF_INSERT,
  type Diff,
  diffCleanupEfficiency,
  diffCleanupSemantic,
  diffMain,
  diffPrettyHtml,
  patchApply,
  patchFromText,
  patchMake,
  patchToText,
} from "diff-match-patch-es";

import { charge } from "../../../base/work.ts";

/** A step looks at as many places as there were steps before. */
const stepUnits = 100;

const operations = { delete: DIFF_DELETE, equal: DIFF_EQUAL, insert: DIFF_INSERT } as const;
type Operation = keyof typeof operations;

export interface Difference {
  readonly operation: Operation;
  readonly text: string;
}

export class Differ {
  readonly #options: { readonly diffTimeout: number; readonly matchThreshold: number };

  constructor({ diff_timeout: timeout, match_threshold: threshold }: Readonly<Record<string, unknown>> = {}) {
    this.#options = {
      // Without a clock: equal texts give equal differences.
      diffTimeout: typeof timeout === "number" ? timeout : 0,
      matchThreshold: typeof threshold === "number" ? threshold : 0.5,
    };
  }

  compare(before: string, after: string): Difference[] {
    const diffs = this.#diffs(before, after);
    diffCleanupSemantic(diffs);
    return diffs.map(([code, text]) => ({ operation: nameOf(code), text }));
  }

  /** Characters by what happened to them. */
  summarize(diffs: unknown): { insertions: number; deletions: number; equals: number } {
    const sums = { insertions: 0, deletions: 0, equals: 0 };
    for (const [code, text] of decode(diffs)) {
      const count = [...text].length;
      if (code === DIFF_INSERT) sums.insertions += count;
      else if (code === DIFF_DELETE) sums.deletions += count;
      else sums.equals += count;
    }
    return sums;
  }

  prettyText(diffs: unknown): string {
    const marks = {
      [DIFF_INSERT]: ["\u001b[32m", "\u001b[0m"],
      [DIFF_DELETE]: ["\u001b[31m", "\u001b[0m"],
      [DIFF_EQUAL]: ["", ""],
    };
    return decode(diffs)
      .map(([code, text]) => `${marks[code]?.[0] ?? ""}${text}${marks[code]?.[1] ?? ""}`)
      .join("");
  }

  prettyHtml(diffs: unknown): string {
    return diffPrettyHtml(decode(diffs));
  }

  patch(before: string, after: string): string {
    const diffs = this.#diffs(before, after);
    if (diffs.length > 2) {
      diffCleanupSemantic(diffs);
      diffCleanupEfficiency(diffs, this.#options);
    }
    return patchToText(patchMake(before, diffs, undefined, this.#options));
  }

  /** At every step the search asks whether it is late: that is where it pays. */
  #diffs(before: string, after: string): Diff[] {
    const { diffTimeout } = this.#options;
    const end = diffTimeout > 0 ? Date.now() + diffTimeout * 1000 : Number.MAX_VALUE;
    let steps = 0;
    const deadline = {
      valueOf() {
        charge(stepUnits + steps++);
        return end;
      },
    };
    charge((before.length + after.length) / 4);
    // Compared with a number, which takes its value.
    return diffMain(before, after, this.#options, true, deadline as unknown as number);
  }

  apply(patches: string, text: string): { readonly text: string; readonly complete: boolean } {
    const [applied, done] = patchApply(patchFromText(patches), text, this.#options);
    return { text: String(applied), complete: Array.isArray(done) && done.every(Boolean) };
  }
}

function nameOf(code: number): Operation {
  return code === DIFF_INSERT ? "insert" : code === DIFF_DELETE ? "delete" : "equal";
}

/** @throws Error when the list is not one that `compare` made */
function decode(diffs: unknown): Diff[] {
  if (!Array.isArray(diffs)) throw new Error("a list of differences is expected");
  return diffs.map((each: Partial<Difference>) => {
    const code = each.operation === undefined ? undefined : operations[each.operation];
    if (code === undefined || typeof each.text !== "string") throw new Error("a difference is { operation, text }");
    return [code, each.text];
  });
}
