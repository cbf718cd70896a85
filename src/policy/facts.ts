/**
 * What a decision is made about: who, what, on what, and further facts.
 * @module
 */

import type { PlainValue } from "../base/plain-value.ts";
import type { Actor, PolicyMeta } from "../contract/security.ts";

/** One question: may `actor` do `action` to `resource`? */
export interface AccessRequest {
  readonly actor: Actor | undefined;
  /** `<domain>.<verb>[.<sub>]` */
  readonly action: string;
  /** A URL, key, skill id, `namespace:name`, … */
  readonly resource: string;
  readonly meta?: PolicyMeta | undefined;
}

/** The value of a field of a condition: `actor.id`, `actor.meta.*`, `action`, `resource`, `meta.*`; undefined when missing. */
export function factOf(request: AccessRequest, field: string): PlainValue {
  const [head, ...path] = field.split(".");
  switch (head) {
    case "action":
      return path.length === 0 ? request.action : undefined;
    case "resource":
      return path.length === 0 ? request.resource : undefined;
    case "actor":
      if (path[0] === "id" && path.length === 1) return request.actor?.id;
      return path[0] === "meta" ? memberAt(request.actor?.meta, path.slice(1)) : undefined;
    case "meta":
      return memberAt(request.meta, path);
    default:
      return undefined;
  }
}

export function isFactField(field: string): boolean {
  return /^(?:action|resource|actor\.id|(?:actor\.)?meta\..+)$/.test(field);
}

function memberAt(value: PlainValue, path: readonly string[]): PlainValue {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Readonly<Record<string, PlainValue>>)[key];
  }
  return at;
}
