/**
 * Renders a template: every value is escaped for HTML unless it is said to be `raw`.
 * @module
 */
import { inPieces } from "../../../base/text/search-text.ts";
import { members, membersInOrder, objectOf } from "../../../base/values/members.ts";
import { charge } from "../../../base/work.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import { Evaluation, type Scope } from "../expr/evaluate.ts";
import { expressionError, isExpressionError } from "../expr/lexer.ts";
import type { Node as Expression } from "../expr/parser.ts";
import { jsonText } from "../json/json-text.ts";
import { type Block, type Node, type Template, TemplateError } from "./parse.ts";

/** Includes and yields inside each other. */
const deepest = 100;
const nodeUnits = 20;
const charactersPerUnit = 64;
const longestRange = 100_000;

/** @throws TemplateError; undefined: there is none of that name */
export type Finder = (name: string) => Template | undefined;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
};
const escaped = (text: string): string =>
  inPieces(text, (piece) => piece.replace(/[&<>"']/g, (each) => entities[each] as string));

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return typeof value === "object" ? jsonText(value as LuaValue) : String(value);
}

const functions: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
  raw: (value) => value,
  unsafe: (value) => value,
  safeHtml: (value) => value,
  html: (value) => escaped(textOf(value)),
  url: (value) => inPieces(textOf(value), encodeURIComponent),
  json: (value) => jsonText(value as LuaValue),
  writeJson: (value) => jsonText(value as LuaValue),
  trimSpace: (value) => textOf(value).trim(),
  title: (value) =>
    inPieces(textOf(value), (piece) =>
      piece.replace(/\p{L}[\p{L}\p{N}]*/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1)),
    ),
  default: (value, other) => (isTrue(value) ? value : other),
  slice: (...items) => items,
  array: (...items) => items,
  map: (...pairs) =>
    objectOf(Array.from({ length: pairs.length >> 1 }, (_, i) => [textOf(pairs[2 * i]), pairs[2 * i + 1]] as const)),
  ints: (from, to) => {
    const length = Math.max(0, Number(to) - Number(from));
    if (!(length <= longestRange)) throw expressionError(`ints makes at most ${longestRange} numbers`);
    charge(length);
    return Array.from({ length }, (_, i) => Number(from) + i);
  },
};

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return value !== null && value !== undefined && value !== false && value !== 0 && value !== "";
}

class TemplateEvaluation extends Evaluation {
  protected override truth(value: unknown): boolean {
    return isTrue(value);
  }

  protected override named(name: string, { names }: Scope): unknown {
    if (name in names) return names[name];
    throw expressionError(`"${name}" is not available here; isset(${name}) asks`);
  }

  protected override call(node: Extract<Expression, { is: "call" }>, scope: Scope): unknown {
    if (node.name === "isset") return node.args.every((each) => this.#isSet(each, scope));
    const own = Object.hasOwn(functions, node.name) ? functions[node.name] : undefined;
    return own ? own(...node.args.map((each) => this.run(each, scope))) : super.call(node, scope);
  }

  #isSet(node: Expression, scope: Scope): boolean {
    try {
      return (this.run(node, scope) ?? null) !== null;
    } catch (error) {
      if (!isExpressionError(error)) throw error;
      return false;
    }
  }
}

interface Place {
  readonly template: string;
  /** Variables; inner scopes have outer ones as their prototype. */
  readonly names: Record<string, unknown>;
  readonly context: unknown;
  readonly content?: (() => void) | undefined;
}

export class Rendering {
  readonly #blocks = new Map<string, Block>();
  readonly #evaluation = new TemplateEvaluation();
  #out = "";
  #depth = 0;

  constructor(
    private readonly find: Finder,
    private readonly globals: Readonly<Record<string, unknown>>,
  ) {}

  /** @throws TemplateError */
  render(template: Template, data: Readonly<Record<string, unknown>>): string {
    let root = template;
    this.#learn(root);
    for (let parents = 0; root.parent !== undefined; parents++) {
      if (parents > deepest) throw new TemplateError(`${template.name}: more than ${deepest} parents`);
      root = this.#wanted(root.parent, root.name);
      this.#learn(root);
    }
    const names = objectOf<unknown>(members(this.globals));
    for (const [name, value] of members(data)) names[name] = value;
    this.#nodes(root.nodes, { template: root.name, names, context: data });
    return this.#out;
  }

  /** The block of a child comes before that of its parent. */
  #learn(template: Template): void {
    for (const [name, block] of template.blocks) if (!this.#blocks.has(name)) this.#blocks.set(name, block);
    for (const name of template.imports) {
      const imported = this.#wanted(name, template.name);
      for (const [each, block] of imported.blocks) if (!this.#blocks.has(each)) this.#blocks.set(each, block);
    }
  }

  #wanted(name: string, from: string): Template {
    const found = this.find(name);
    if (!found) throw new TemplateError(`${from}: there is no template "${name}"`);
    return found;
  }

  #nodes(nodes: readonly Node[], place: Place): void {
    if (++this.#depth > deepest)
      throw new TemplateError(`${place.template}: more than ${deepest} levels of blocks and includes`);
    for (const node of nodes) {
      charge(nodeUnits);
      this.#node(node, place);
    }
    this.#depth--;
  }

  #write(text: string): void {
    charge(text.length / charactersPerUnit, text.length);
    this.#out += text;
  }

  #node(node: Node, place: Place): void {
    switch (node.is) {
      case "text":
        this.#write(node.text);
        break;
      case "output": {
        const text = textOf(this.#value(node.value, place));
        this.#write(node.raw ? text : escaped(text));
        break;
      }
      case "set":
        this.#set(node, place);
        break;
      case "if":
        this.#nodes(isTrue(this.#value(node.test, place)) ? node.then : node.otherwise, inner(place));
        break;
      case "range":
        this.#range(node, place);
        break;
      case "block": {
        const block = this.#blocks.get(node.block.name) ?? node.block;
        this.#call(block, [], node.context, place, undefined);
        break;
      }
      case "yield":
        this.#yield(node, place);
        break;
      case "include":
        this.#include(node, place);
    }
  }

  #value(expression: Expression, { names, context, template }: Place): unknown {
    try {
      return this.#evaluation.run(expression, { names, item: context });
    } catch (error) {
      if (!isExpressionError(error)) throw error;
      throw new TemplateError(`${template}: ${error.message}`);
    }
  }

  #set({ name, value, declares }: Extract<Node, { is: "set" }>, place: Place): void {
    let owner: Record<string, unknown> | null = place.names;
    if (!declares) {
      while (owner && !Object.hasOwn(owner, name))
        owner = Object.getPrototypeOf(owner) as Record<string, unknown> | null;
      if (!owner)
        throw new TemplateError(`${place.template}: "${name}" is assigned before it is declared; write ${name} := …`);
    }
    owner[name] = this.#value(value, place);
  }

  #range({ names, over, body, otherwise }: Extract<Node, { is: "range" }>, place: Place): void {
    const value = this.#value(over, place);
    const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
      ? value.map((each, i) => [i, each])
      : typeof value === "object" && value !== null
        ? membersInOrder(value as Readonly<Record<string, unknown>>, nodeUnits)
        : [];
    if (entries.length === 0) this.#nodes(otherwise, inner(place));
    const [keyName, valueName] = names;
    for (const [key, each] of entries) {
      const own: Record<string, unknown> = {};
      if (keyName !== undefined) own[keyName] = key;
      if (valueName !== undefined) own[valueName] = each;
      const context = valueName === undefined ? each : place.context;
      this.#nodes(body, { ...place, context, names: below(place.names, own) });
    }
  }

  #yield({ name, args, context, content }: Extract<Node, { is: "yield" }>, place: Place): void {
    if (name === "content") {
      place.content?.();
      return;
    }
    const block = this.#blocks.get(name);
    if (!block) throw new TemplateError(`${place.template}: there is no block "${name}"`);
    this.#call(block, args, context, place, content && (() => this.#nodes(content, inner(place))));
  }

  #call(
    { params, body }: Block,
    args: Extract<Node, { is: "yield" }>["args"],
    context: Expression | undefined,
    place: Place,
    content: (() => void) | undefined,
  ): void {
    const own: Record<string, unknown> = {};
    params.forEach(({ name, value }, i) => {
      const given = args.find((each) => each.name === name) ?? (args[i]?.name === "" ? args[i] : undefined);
      const expression = given?.value ?? value;
      own[name] = expression === undefined ? null : this.#value(expression, place);
    });
    const inside = context === undefined ? place.context : this.#value(context, place);
    this.#nodes(body, { ...place, names: below(place.names, own), context: inside, content });
  }

  #include({ name, context, ifExists }: Extract<Node, { is: "include" }>, place: Place): void {
    const wanted = textOf(this.#value(name, place));
    if (ifExists && !this.find(wanted)) return;
    const template = this.#wanted(wanted, place.template);
    for (const [each, block] of template.blocks) if (!this.#blocks.has(each)) this.#blocks.set(each, block);
    const inside = context === undefined ? place.context : this.#value(context, place);
    this.#nodes(template.nodes, { ...place, template: template.name, names: below(place.names, {}), context: inside });
  }
}

const below = (names: Record<string, unknown>, own: Record<string, unknown>): Record<string, unknown> =>
  Object.assign(Object.create(names), own) as Record<string, unknown>;

const inner = (place: Place): Place => ({ ...place, names: below(place.names, {}) });
