import { indexOfText } from "../../../base/text/search-text.ts";
import { charge } from "../../../base/work.ts";
import { functions, predicates } from "./functions.ts";
import { expressionError } from "./lexer.ts";
import type { Node } from "./parser.ts";
import { at, contains, equal, numberOf, textOf } from "./values.ts";

/** Steps an expression may take: a list of lists of lists is as long as its numbers say. */
const mostSteps = 1_000_000;
/** What a step costs. */
const stepUnits = 10;
const longestRange = 100_000;
/** What an item of a list keeps, and characters that are copied for a unit. */
const itemBytes = 8;
const charactersPerUnit = 64;

/** A name that the expression itself has given, and those it had given before. */
interface Local {
  readonly name: string;
  readonly value: unknown;
  readonly outer: Local | undefined;
}

export interface Scope {
  /** Of the environment: never copied, there may be very many. */
  readonly names: Readonly<Record<string, unknown>>;
  readonly locals?: Local | undefined;
  /** What `#` is inside a predicate. */
  readonly item?: unknown;
}

/** Runs one expression. @throws Error named ExpressionError */
export class Evaluation {
  #steps = 0;

  protected count(steps: number): void {
    this.#steps += steps;
    charge(stepUnits * steps);
    if (this.#steps > mostSteps) throw expressionError(`the expression takes more than ${mostSteps} steps`);
  }

  run(node: Node, scope: Scope): unknown {
    this.count(1);
    switch (node.is) {
      case "value":
        return node.value;
      case "name":
        for (let local = scope.locals; local; local = local.outer) if (local.name === node.name) return local.value;
        return this.named(node.name, scope);
      case "item":
        return scope.item ?? null;
      case "list":
        return node.items.map((each) => this.run(each, scope));
      case "map":
        return Object.fromEntries(
          node.pairs.map(([key, value]) => [textOf(this.run(key, scope)), this.run(value, scope)]),
        );
      case "unary": {
        const value = this.run(node.on, scope);
        if (node.operator === "!") return !this.truth(value, "!");
        return node.operator === "-" ? -numberOf(value, "-") : numberOf(value, "+");
      }
      case "binary":
        return this.#binary(node, scope);
      case "condition":
        return this.run(this.truth(this.run(node.test, scope), "?:") ? node.then : node.otherwise, scope);
      case "member": {
        const of = this.run(node.of, scope);
        if ((of === null || of === undefined) && node.optional) return null;
        return at(of, this.run(node.key, scope));
      }
      case "slice": {
        const of = this.run(node.of, scope);
        if (typeof of !== "string" && !Array.isArray(of)) throw expressionError("only texts and lists can be sliced");
        const end = (each: Node | undefined) => (each ? numberOf(this.run(each, scope), "a slice") : undefined);
        const part = of.slice(end(node.from) ?? 0, end(node.to));
        charge(part.length / charactersPerUnit, part.length * itemBytes);
        return part;
      }
      case "let":
        return this.run(node.body, {
          ...scope,
          locals: { name: node.name, value: this.run(node.value, scope), outer: scope.locals },
        });
      case "call":
        return this.call(node, scope);
    }
  }

  #binary({ operator, left, right }: Extract<Node, { is: "binary" }>, scope: Scope): unknown {
    const first = this.run(left, scope);
    if (operator === "&&" || operator === "and")
      return this.truth(first, operator) && this.truth(this.run(right, scope), operator);
    if (operator === "||" || operator === "or")
      return this.truth(first, operator) || this.truth(this.run(right, scope), operator);
    if (operator === "??") return first ?? this.run(right, scope);
    const second = this.run(right, scope);
    switch (operator) {
      case "==":
        return equal(first, second);
      case "!=":
        return !equal(first, second);
      case "in":
      case "not in":
        // Every element is one to compare with.
        if (Array.isArray(second)) this.count(second.length);
        return contains(second, first) === (operator === "in");
      case "contains":
        return indexOfText(textOf(first), textOf(second)) >= 0;
      case "startsWith":
        return textOf(first).startsWith(textOf(second));
      case "endsWith":
        return textOf(first).endsWith(textOf(second));
      case "+":
        if (typeof first === "string" && typeof second === "string") {
          charge((first.length + second.length) / charactersPerUnit, first.length + second.length);
          return first + second;
        }
        break;
      case "<":
      case ">":
      case "<=":
      case ">=":
        if (typeof first === "string" && typeof second === "string") return compared(operator, first, second);
        break;
      case "matches":
        throw expressionError("matches is not available; the module text has regular expressions");
    }
    return this.#arithmetic(operator, numberOf(first, operator), numberOf(second, operator));
  }

  #arithmetic(operator: string, a: number, b: number): unknown {
    switch (operator) {
      case "+":
        return a + b;
      case "-":
        return a - b;
      case "*":
        return a * b;
      case "/":
        return a / b;
      case "%":
        if (b === 0) throw expressionError("integer divide by zero");
        return a % b;
      case "**":
        return a ** b;
      case "..": {
        const length = Math.max(0, b - a + 1);
        if (length > longestRange) throw expressionError(`a range has at most ${longestRange} numbers`);
        this.count(length);
        return Array.from({ length }, (_, i) => a + i);
      }
      default:
        return compared(operator, a, b);
    }
  }

  protected named(name: string, { names }: Scope): unknown {
    return Object.hasOwn(names, name) ? names[name] : null;
  }

  protected truth(value: unknown, operator: string): boolean {
    if (typeof value === "boolean") return value;
    throw expressionError(`${operator} takes true or false, got ${value === null ? "nil" : typeof value}`);
  }

  protected call({ name, args, at: place }: Extract<Node, { is: "call" }>, scope: Scope): unknown {
    const predicate = Object.hasOwn(predicates, name) ? predicates[name] : undefined;
    if (predicate) {
      const [list, body, ...rest] = args;
      const items = list ? this.run(list, scope) : undefined;
      if (!Array.isArray(items)) throw expressionError(`${name} takes a list first`);
      const each = (item: unknown, names: Readonly<Record<string, unknown>> = {}) => {
        if (body === undefined) {
          charge(stepUnits);
          return item;
        }
        let { locals } = scope;
        for (const [name, value] of Object.entries(names)) locals = { name, value, outer: locals };
        return this.run(body, { names: scope.names, locals, item });
      };
      return predicate(
        items,
        each,
        rest.map((node) => this.run(node, scope)),
      );
    }
    const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!known) throw expressionError(`unknown function ${name} at ${place + 1}`);
    return known(...args.map((node) => this.run(node, scope)));
  }
}

function compared<T extends number | string>(operator: string, a: T, b: T): boolean {
  if (operator === "<") return a < b;
  if (operator === ">") return a > b;
  return operator === "<=" ? a <= b : a >= b;
}
