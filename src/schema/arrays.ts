/**
 * Keywords about the items of an array.
 * @module
 */
import type { Evaluation, Keywords, Target } from "./interface.ts";
import { canonicalText } from "./values.ts";

export function checkArray(e: Evaluation, node: Keywords, items: readonly unknown[], target: Target): boolean {
  const { minItems, maxItems, contains, uniqueItems, unevaluatedItems } = node;
  let fits = true;
  if (typeof maxItems === "number" && items.length > maxItems) fits = e.fail("maxItems", maxItems, items, target);
  if (typeof minItems === "number" && items.length < minItems) fits = e.fail("minItems", minItems, items, target);
  fits = checkItems(e, node, items, target) && fits;
  if (contains !== undefined) fits = checkContains(e, node, items, target) && fits;
  if (unevaluatedItems !== undefined) {
    for (const [i, item] of items.entries()) {
      if (target.seen?.items.has(i)) continue;
      target.seen?.items.add(i);
      fits = e.checkMember(i, unevaluatedItems, item, target) && fits;
    }
  }
  if (uniqueItems === true && new Set(items.map((item) => canonicalText(item, e.work))).size < items.length)
    fits = e.fail("uniqueItems", true, items, target);
  return fits;
}

/** `items` as a list, with `additionalItems`, is what older drafts call `prefixItems`. */
function checkItems(e: Evaluation, node: Keywords, items: readonly unknown[], target: Target): boolean {
  const listed = Array.isArray(node.items);
  const first = listed ? node.items : node.prefixItems;
  const prefix: readonly unknown[] = Array.isArray(first) ? first : [];
  const rest = listed ? node.additionalItems : node.items;
  let fits = true;
  for (const [i, item] of items.entries()) {
    const schema = i < prefix.length ? prefix[i] : rest;
    if (schema === undefined) break;
    target.seen?.items.add(i);
    fits = e.checkMember(i, schema, item, target) && fits;
  }
  return fits;
}

function checkContains(e: Evaluation, node: Keywords, items: readonly unknown[], target: Target): boolean {
  const { contains, minContains = 1, maxContains } = node;
  let found = 0;
  for (const [i, item] of items.entries()) {
    if (!e.check(contains, item, {})) continue;
    found++;
    target.seen?.items.add(i);
  }
  if (typeof minContains === "number" && found < minContains) return e.fail("minContains", minContains, items, target);
  if (typeof maxContains === "number" && found > maxContains) return e.fail("maxContains", maxContains, items, target);
  return true;
}
