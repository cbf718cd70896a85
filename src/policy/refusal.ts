/**
 * A refusal as programs get it: a text for people, and what they need to tell it from other failures (host-modules.md §12).
 * @module
 */
import type { DecisionRequest } from "../contract/contract.ts";

export interface Refusal extends DecisionRequest {
  /** The grant that would allow it, `grants["notes"].tools`; undefined where none does. */
  readonly grant: string | undefined;
  /** What the program reads. */
  readonly text: string;
}

/** A quota of the skill that a program ran into. */
export interface Shortage {
  readonly skill: string;
  /** Of `limits`. */
  readonly limit: string;
  readonly value: number;
  /** What the program reads. */
  readonly text: string;
}

/** The members of a structured error beside `code` and `message`. */
export function refusalMembers({ action, resource, grant }: Refusal) {
  return {
    kind: "PermissionDenied",
    retryable: false,
    details: { action, resource, ...(grant === undefined ? {} : { grant }) },
  } as const;
}
