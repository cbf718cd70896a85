/**
 * The part of the contract that says who may do what (host-modules.md §12). All of it is structured-cloneable.
 * @module
 */
import type { PlainValue } from "../base/plain-value.ts";

/** Facts about one request, e.g. the size of an upload. */
export type PolicyMeta = Readonly<Record<string, PlainValue>>;

export interface Actor {
  readonly id: string;
  readonly meta?: PolicyMeta;
}

export type ConditionOperator =
  | "eq"
  | "ne"
  | "lt"
  | "gt"
  | "lte"
  | "gte"
  | "in"
  | "nin"
  | "exists"
  | "nexists"
  | "contains"
  | "ncontains"
  | "matches"
  | "nmatches";

/** One field compared with a value, or with another field. */
export interface Condition {
  /** `actor.id`, `actor.meta.*`, `action`, `resource`, `meta.*` */
  readonly field: string;
  readonly operator: ConditionOperator;
  readonly value?: PlainValue;
  /** A field to compare with, instead of `value`. */
  readonly value_from?: string;
}

export type Effect = "allow" | "deny";

/** What policies say together; `undefined`: none of them applies. */
export type Verdict = Effect | "undefined";

/** `actions` and `resources` are patterns with `*`. */
export interface Policy {
  readonly id: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly effect: Effect;
  /** All must hold. */
  readonly conditions?: readonly Condition[];
  /** Names under which scopes are put together. */
  readonly groups?: readonly string[];
}

/** What a host says about security, for a runtime or for one call. */
export interface SecurityOptions {
  readonly actor?: Actor;
  readonly policies?: readonly Policy[];
  /** Without an actor or without policies everything is denied. Default true. */
  readonly strict?: boolean;
}

/** One line of an audit. */
export interface AuditEvent {
  /** Unix milliseconds. */
  readonly at: number;
  readonly actor: string | undefined;
  readonly action: string;
  readonly resource: string;
  readonly result: Verdict;
  readonly policy: string | undefined;
  /** The module that asked. */
  readonly module: string | undefined;
}
