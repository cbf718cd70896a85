/**
 * What the keywords of a schema are evaluated with.
 * @module
 */
import type { SchemaDocument, SchemaNode } from "./document.ts";
import type { Problem } from "./problem.ts";
import type { Work } from "./work.ts";

export type Keywords = Exclude<SchemaNode, boolean>;

/** A regular expression that takes linear time. */
export interface Pattern {
  /** Whether it matches somewhere in the text. @throws when whoever pays has no more */
  test(text: string): boolean;
}

/** Members and items that some keyword has looked at (for `unevaluatedProperties`, `unevaluatedItems`). */
export interface Seen {
  readonly members: Set<string>;
  readonly items: Set<number>;
}

/** Where problems and what has been seen go; nowhere, where only the verdict counts. */
export interface Target {
  readonly problems?: Problem[];
  readonly seen?: Seen;
}

export interface Evaluation {
  readonly document: SchemaDocument;
  readonly patterns: ReadonlyMap<string, Pattern>;
  readonly work: Work;
  /** From the whole value to the one that is looked at. */
  readonly path: readonly string[];
  /** Resources on the way, for dynamic references. */
  readonly scope: readonly string[];
  /** Whether the value fits. */
  check(node: unknown, value: unknown, target: Target): boolean;
  /** As {@link check}, of a member or an item. */
  checkMember(step: string | number, node: unknown, value: unknown, target: Target): boolean;
  /** Answers false. */
  fail(keyword: string, rule: unknown, value: unknown, target: Target): false;
  /** Answers false. */
  tell(target: Target, problem: () => Problem): false;
}
