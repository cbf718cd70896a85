/**
 * One value held against one schema. What goes wrong in a part is told, not that the whole fails because of it.
 * @module
 */
import { checkArray } from "./arrays.ts";
import { checkCombined } from "./combined.ts";
import type { SchemaDocument } from "./document.ts";
import type { Evaluation, Keywords, Pattern, Seen, Target } from "./interface.ts";
import { checkObject } from "./objects.ts";
import { type Problem, problemOf } from "./problem.ts";
import { checkNumber, checkText, checkValue } from "./scalars.ts";
import { typeOf } from "./values.ts";
import type { Work } from "./work.ts";

/** About a microsecond. */
const stepUnits = 100;
/** More help nobody. */
const mostProblems = 64;

export class SchemaEvaluation implements Evaluation {
  readonly path: string[] = [];
  readonly scope: string[] = [];

  constructor(
    readonly document: SchemaDocument,
    readonly patterns: ReadonlyMap<string, Pattern>,
    readonly work: Work,
  ) {}

  check(node: unknown, value: unknown, target: Target): boolean {
    this.work.spend(stepUnits);
    if (typeof node === "boolean") return node || this.fail("false", node, value, target);
    if (typeof node !== "object" || node === null) return true;
    const keywords = node as Keywords;
    this.work.enter();
    this.scope.push(this.document.resourceOf(keywords, this.scope.at(-1)));
    // What one schema has looked at is hidden from its siblings, and from everybody when it does not fit.
    const seen = this.document.tracksEvaluated ? { members: new Set<string>(), items: new Set<number>() } : undefined;
    const inner = { problems: target.problems, seen };
    let fits = checkCombined(this, keywords, value, inner);
    fits = checkValue(this, keywords, value, inner) && fits;
    fits = this.#checkKind(keywords, value, inner) && fits;
    if (fits && seen && target.seen) this.#pass(seen, target.seen);
    this.scope.pop();
    this.work.leave();
    return fits;
  }

  checkMember(step: string | number, node: unknown, value: unknown, { problems }: Target): boolean {
    this.path.push(String(step));
    const fits = this.check(node, value, { problems });
    this.path.pop();
    return fits;
  }

  fail(keyword: string, rule: unknown, value: unknown, target: Target): false {
    return this.tell(target, () => problemOf(keyword, rule, value, this.path));
  }

  tell({ problems }: Target, problem: () => Problem): false {
    if (problems !== undefined && problems.length < mostProblems) problems.push(problem());
    return false;
  }

  #pass(from: Seen, to: Seen): void {
    this.work.spend(10 * (from.members.size + from.items.size));
    for (const each of from.members) to.members.add(each);
    for (const each of from.items) to.items.add(each);
  }

  #checkKind(node: Keywords, value: unknown, target: Target): boolean {
    switch (typeOf(value)) {
      case "object":
        return checkObject(this, node, value as Readonly<Record<string, unknown>>, target);
      case "array":
        return checkArray(this, node, value as readonly unknown[], target);
      case "number":
        return checkNumber(this, node, value as number | bigint, target);
      case "string":
        return checkText(this, node, value, target);
      default:
        return true;
    }
  }
}
