/**
 * Keywords about the members of an object.
 * @module
 */
import { isObject } from "../base/is-object.ts";
import type { Evaluation, Keywords, Target } from "./interface.ts";
import { missing, notWanted } from "./problem.ts";

type Members = Readonly<Record<string, unknown>>;
const has = (members: Members, name: unknown): name is string =>
  typeof name === "string" && Object.hasOwn(members, name);

export function checkObject(e: Evaluation, node: Keywords, members: Members, target: Target): boolean {
  const { required, minProperties, maxProperties, propertyNames } = node;
  const names = Object.keys(members);
  let fits = checkRequired(e, required, node, members, target);
  if (typeof minProperties === "number" && names.length < minProperties)
    fits = e.fail("minProperties", minProperties, members, target);
  if (typeof maxProperties === "number" && names.length > maxProperties)
    fits = e.fail("maxProperties", maxProperties, members, target);
  if (propertyNames !== undefined) {
    for (const name of names) {
      if (!e.check(propertyNames, name, {})) fits = e.fail("propertyNames", propertyNames, name, target);
    }
  }
  fits = checkDependent(e, node, members, target) && fits;
  return checkMembers(e, node, members, names, target) && fits;
}

function checkRequired(e: Evaluation, required: unknown, node: Keywords, members: Members, target: Target): boolean {
  let fits = true;
  for (const name of Array.isArray(required) ? required : []) {
    e.work.spend(10);
    if (typeof name !== "string" || has(members, name)) continue;
    const schema = isObject(node.properties) && has(node.properties, name) ? node.properties[name] : undefined;
    fits = e.tell(target, () => missing(name, schema, e.path));
  }
  return fits;
}

function checkDependent(e: Evaluation, node: Keywords, members: Members, target: Target): boolean {
  let fits = true;
  for (const rules of [node.dependentRequired, node.dependentSchemas, node.dependencies]) {
    if (!isObject(rules)) continue;
    for (const [name, rule] of Object.entries(rules)) {
      e.work.spend(10);
      if (!has(members, name)) continue;
      const one = Array.isArray(rule) ? checkRequired(e, rule, node, members, target) : e.check(rule, members, target);
      fits = one && fits;
    }
  }
  return fits;
}

function checkMembers(e: Evaluation, node: Keywords, members: Members, names: string[], target: Target): boolean {
  const { additionalProperties, unevaluatedProperties } = node;
  const properties = isObject(node.properties) ? node.properties : {};
  const patterns = Object.entries(isObject(node.patternProperties) ? node.patternProperties : {});
  let fits = true;
  for (const name of names) {
    e.work.spend(20 + name.length);
    const value = members[name];
    const schemas = patterns.filter(([pattern]) => e.patterns.get(pattern)?.test(name)).map(([, each]) => each);
    if (has(properties, name)) schemas.unshift(properties[name] ?? true);
    for (const schema of schemas) fits = e.checkMember(name, schema, value, target) && fits;
    if (schemas.length > 0) target.seen?.members.add(name);
    else if (additionalProperties !== undefined) {
      target.seen?.members.add(name);
      fits = checkRest(e, "additionalProperties", node, name, value, target) && fits;
    }
  }
  if (unevaluatedProperties === undefined) return fits;
  for (const name of names) {
    if (target.seen?.members.has(name)) continue;
    target.seen?.members.add(name);
    fits = checkRest(e, "unevaluatedProperties", node, name, members[name], target) && fits;
  }
  return fits;
}

function checkRest(
  e: Evaluation,
  keyword: string,
  node: Keywords,
  name: string,
  value: unknown,
  target: Target,
): boolean {
  if (node[keyword] !== false) return e.checkMember(name, node[keyword], value, target);
  const known = isObject(node.properties) ? Object.keys(node.properties) : [];
  return e.tell(target, () => notWanted(keyword, known, value, [...e.path, name]));
}
