/**
 * A JSON Schema (draft 2020-12) that nobody vouches for: where its parts are, and what its references mean.
 * @module
 */
import { isObject } from "../base/is-object.ts";
import { LuaSkillsError } from "../errors.ts";
import { formatPointer, parsePointer } from "./pointer.ts";
import type { Work } from "./work.ts";

export type SchemaNode = boolean | { readonly [keyword: string]: unknown };

/** Hold values, not schemas. */
const valueKeywords: readonly string[] = ["enum", "const", "default", "examples", "required"];
/** Names that are the author's → schemas. */
const mapKeywords: readonly string[] = [
  "$defs",
  "definitions",
  "properties",
  "patternProperties",
  "dependentSchemas",
  "dependencies",
];
/** Only to be resolved against; nothing is fetched. */
const rootAddress = "schema:/";
const deepestDocument = 256;
const nodeUnits = 100;

export class SchemaDocument {
  /** Regular expressions → where the first of each stands, as a JSON pointer. */
  readonly patterns = new Map<string, string>();
  /** Whether anybody asks which members others have looked at. */
  tracksEvaluated = false;
  /** Addresses, with anchors → schema. */
  readonly #places = new Map<string, SchemaNode>();
  readonly #dynamic = new Map<string, SchemaNode>();
  readonly #references: Array<readonly [reference: unknown, resource: string]> = [];
  /** Resource and reference → schema. */
  readonly #resolved = new Map<string, SchemaNode>();
  /** The resource a schema belongs to. */
  readonly #resources = new WeakMap<object, string>();

  /** @throws LuaSkillsError `invalid_argument` when it is no schema */
  constructor(
    readonly root: unknown,
    work: Work,
  ) {
    this.#visit(root, rootAddress, [], work);
    this.#places.set(rootAddress, root as SchemaNode);
  }

  resourceOf(node: SchemaNode, otherwise = rootAddress): string {
    return (typeof node === "object" && this.#resources.get(node)) || otherwise;
  }

  /** What `$ref: reference` in a schema of `resource` means. @throws LuaSkillsError `invalid_argument` */
  resolve(reference: unknown, resource: string): SchemaNode {
    const key = `${resource} ${reference}`;
    const found = this.#resolved.get(key) ?? this.#find(reference, resource);
    this.#resolved.set(key, found);
    return found;
  }

  /** The schema that has `$dynamicAnchor: name` in that resource. */
  dynamicAnchor(resource: string, name: string): SchemaNode | undefined {
    return this.#dynamic.get(`${resource}#${name}`);
  }

  /** @throws LuaSkillsError `invalid_argument` for one that leads nowhere */
  checkReferences(): void {
    for (const [reference, resource] of this.#references) this.resolve(reference, resource);
  }

  #find(reference: unknown, resource: string): SchemaNode {
    const address = typeof reference === "string" ? resolved(reference, resource) : undefined;
    if (address !== undefined) {
      const [base = "", fragment = ""] = address.split("#", 2);
      const found = fragment.startsWith("/")
        ? valueAt(this.#places.get(base), parsePointer(fragment))
        : this.#places.get(fragment === "" ? base : address);
      if (isSchema(found)) return found;
    }
    throw new LuaSkillsError(
      "invalid_argument",
      `$ref ${JSON.stringify(reference)} leads to no schema; a schema may only refer to its own parts, such as #/$defs/name`,
    );
  }

  #visit(node: unknown, outer: string, path: readonly string[], work: Work): void {
    if (typeof node === "boolean") return;
    work.spend(nodeUnits);
    if (!isObject(node) || path.length > deepestDocument) {
      const what = isObject(node)
        ? `is nested deeper than ${deepestDocument} levels`
        : "must be an object or a boolean";
      throw new LuaSkillsError("invalid_argument", `the schema at ${formatPointer(path)} ${what}`);
    }
    const resource = this.#named(node, outer);
    if (typeof node.pattern === "string") this.#pattern(node.pattern, [...path, "pattern"]);
    for (const reference of [node.$ref, node.$dynamicRef]) {
      if (reference !== undefined) this.#references.push([reference, resource]);
    }
    this.tracksEvaluated ||= "unevaluatedProperties" in node || "unevaluatedItems" in node;
    for (const [keyword, value] of Object.entries(node)) {
      if (valueKeywords.includes(keyword)) continue;
      const at = [...path, keyword];
      if (mapKeywords.includes(keyword) && isObject(value)) this.#map(keyword, value, resource, at, work);
      else if (Array.isArray(value)) {
        for (const [i, each] of value.entries()) if (isObject(each)) this.#visit(each, resource, [...at, `${i}`], work);
      } else if (isObject(value)) this.#visit(value, resource, at, work);
    }
  }

  #map(keyword: string, members: Readonly<Record<string, unknown>>, resource: string, at: string[], work: Work): void {
    for (const [name, member] of Object.entries(members)) {
      if (keyword === "patternProperties") this.#pattern(name, [...at, name]);
      if (isObject(member)) this.#visit(member, resource, [...at, name], work);
    }
  }

  #pattern(source: string, path: readonly string[]): void {
    if (!this.patterns.has(source)) this.patterns.set(source, formatPointer(path));
  }

  /** The resource the schema is of, which may begin with it. */
  #named(node: Readonly<Record<string, unknown>>, outer: string): string {
    const { $id, $anchor, $dynamicAnchor } = node;
    const resource = (typeof $id === "string" && resolved($id, outer)?.split("#", 1)[0]) || outer;
    if (resource !== outer) this.#places.set(resource, node);
    this.#resources.set(node, resource);
    for (const name of [$anchor, $dynamicAnchor]) {
      if (typeof name === "string") this.#places.set(`${resource}#${name}`, node);
    }
    if (typeof $dynamicAnchor === "string") this.#dynamic.set(`${resource}#${$dynamicAnchor}`, node);
    return resource;
  }
}

function isSchema(value: unknown): value is SchemaNode {
  return typeof value === "boolean" || isObject(value);
}

function resolved(reference: string, base: string): string | undefined {
  try {
    return new URL(reference, base).href;
  } catch {
    return undefined;
  }
}

function valueAt(from: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Readonly<Record<string, unknown>>)[step]
        : undefined,
    from,
  );
}
