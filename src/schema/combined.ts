/**
 * Keywords that apply other schemas to the same value.
 * @module
 */
import type { SchemaNode } from "./document.ts";
import type { Evaluation, Keywords, Target } from "./interface.ts";
import type { Problem } from "./problem.ts";

export function checkCombined(e: Evaluation, node: Keywords, value: unknown, target: Target): boolean {
  const { $ref, $dynamicRef, $recursiveRef, allOf, anyOf, oneOf, not } = node;
  let fits = true;
  const resource = e.scope.at(-1) ?? "";
  if ($ref !== undefined) fits = e.check(e.document.resolve($ref, resource), value, target) && fits;
  const dynamic = $dynamicRef ?? $recursiveRef;
  if (dynamic !== undefined) fits = e.check(dynamicTarget(e, dynamic, resource), value, target) && fits;
  if (not !== undefined && e.check(not, value, {})) fits = e.fail("not", not, value, target);
  if (Array.isArray(anyOf)) fits = checkAny(e, anyOf, value, target) && fits;
  if (Array.isArray(allOf)) for (const each of allOf) fits = e.check(each, value, target) && fits;
  if (Array.isArray(oneOf)) fits = checkOne(e, oneOf, value, target) && fits;
  if (node.if !== undefined) {
    const next = e.check(node.if, value, { seen: target.seen }) ? node.then : node.else;
    if (next !== undefined) fits = e.check(next, value, target) && fits;
  }
  return fits;
}

/** Tells what each of several failed alternatives found, unless one fits. */
class Alternatives {
  readonly #problems: Problem[] | undefined;

  constructor(
    readonly e: Evaluation,
    readonly value: unknown,
    readonly target: Target,
  ) {
    this.#problems = target.problems && [];
  }

  fits(node: unknown): boolean {
    return this.e.check(node, this.value, { seen: this.target.seen, problems: this.#problems });
  }

  /** Answers false. */
  tell(): false {
    for (const problem of this.#problems ?? []) this.e.tell(this.target, () => problem);
    return false;
  }
}

function checkAny(e: Evaluation, nodes: readonly unknown[], value: unknown, target: Target): boolean {
  const alternatives = new Alternatives(e, value, target);
  let fits = false;
  for (const node of nodes) {
    fits = alternatives.fits(node) || fits;
    // The others only matter for what they have looked at.
    if (fits && target.seen === undefined) return true;
  }
  return fits || alternatives.tell();
}

function checkOne(e: Evaluation, nodes: readonly unknown[], value: unknown, target: Target): boolean {
  const alternatives = new Alternatives(e, value, target);
  let fitting = 0;
  for (const node of nodes) {
    if (!alternatives.fits(node)) continue;
    fitting++;
    if (fitting > 1) return e.fail("oneOf", nodes, value, target);
  }
  return fitting === 1 || alternatives.tell();
}

/** The outermost schema on the way that has the anchor. */
function dynamicTarget(e: Evaluation, reference: unknown, resource: string): SchemaNode {
  const target = e.document.resolve(reference, resource);
  const name = typeof target === "object" ? target.$dynamicAnchor : undefined;
  if (typeof name !== "string" || !String(reference).endsWith(`#${name}`)) return target;
  for (const each of e.scope) {
    const found = e.document.dynamicAnchor(each, name);
    if (found !== undefined) return found;
  }
  return target;
}
