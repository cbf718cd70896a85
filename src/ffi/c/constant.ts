/**
 * Constant expressions of 32 bits: array sizes, enum values, `static const`.
 * @module
 */
import { CdefError } from "./cdef-error.ts";
import type { TokenReader } from "./token-reader.ts";
import { alignOf, measuredSize, type Qualified, sizeOf } from "./types.ts";

export interface Constant {
  /** As a signed integer of 32 bits. */
  readonly value: number;
  readonly isUnsigned: boolean;
}

/** What the declaration parser lends: types inside an expression. */
export interface ConstantContext {
  readonly tokens: TokenReader;
  startsType(): boolean;
  abstractType(): Qualified;
  constantNamed(name: string): Constant | undefined;
}

type Operation = (a: number, b: number, isUnsigned: boolean) => number;

const truth = (condition: boolean) => (condition ? 1 : 0);
const wide = (value: number, isUnsigned: boolean) => (isUnsigned ? value >>> 0 : value);

function divided(a: number, b: number, isUnsigned: boolean, by: (x: number, y: number) => number): number {
  if (b === 0 || (!isUnsigned && a === -0x8000_0000 && b === -1)) throw new CdefError("invalid value");
  return by(wide(a, isUnsigned), wide(b, isUnsigned));
}

/** By level, weakest first. */
const levels: readonly Readonly<Record<string, Operation>>[] = [
  { "||": (a, b) => truth(a !== 0 || b !== 0) },
  { "&&": (a, b) => truth(a !== 0 && b !== 0) },
  { "|": (a, b) => a | b },
  { "^": (a, b) => a ^ b },
  { "&": (a, b) => a & b },
  { "==": (a, b) => truth(a === b), "!=": (a, b) => truth(a !== b) },
  {
    "<": (a, b, u) => truth(wide(a, u) < wide(b, u)),
    ">": (a, b, u) => truth(wide(a, u) > wide(b, u)),
    "<=": (a, b, u) => truth(wide(a, u) <= wide(b, u)),
    ">=": (a, b, u) => truth(wide(a, u) >= wide(b, u)),
  },
  { "<<": (a, b) => a << b, ">>": (a, b, u) => (u ? a >>> b : a >> b) },
  { "+": (a, b) => a + b, "-": (a, b) => a - b },
  {
    "*": (a, b) => Math.imul(a, b),
    "/": (a, b, u) => divided(a, b, u, (x, y) => Math.trunc(x / y)),
    "%": (a, b, u) => divided(a, b, u, (x, y) => x % y),
  },
];
const yieldInt = new Set(["||", "&&", "==", "!=", "<", ">", "<=", ">="]);
const keepLeft = new Set(["<<", ">>"]);
const deepest = 100;

/** @throws CdefError */
export function constantExpression(context: ConstantContext, depth = 0): Constant {
  const { tokens } = context;
  const condition = infix(context, 0, depth);
  if (!tokens.take("?")) return condition;
  const yes = constantExpression(context, depth + 1);
  tokens.expect(":");
  const no = constantExpression(context, depth + 1);
  return { value: (condition.value === 0 ? no : yes).value, isUnsigned: yes.isUnsigned || no.isUnsigned };
}

function infix(context: ConstantContext, level: number, depth: number): Constant {
  const operations = levels[level];
  if (operations === undefined) return unary(context, depth);
  const { tokens } = context;
  let left = infix(context, level + 1, depth);
  for (;;) {
    const operator = tokens.now.text;
    const operation = tokens.now.kind === "symbol" ? operations[operator] : undefined;
    if (operation === undefined) return left;
    tokens.next();
    const right = infix(context, level + 1, depth);
    const isUnsigned = keepLeft.has(operator) ? left.isUnsigned : left.isUnsigned || right.isUnsigned;
    const value = operation(left.value, right.value, isUnsigned) | 0;
    left = { value, isUnsigned: isUnsigned && !yieldInt.has(operator) };
  }
}

function unary(context: ConstantContext, depth: number): Constant {
  if (depth > deepest) throw new CdefError("chunk has too many syntax levels");
  const { tokens } = context;
  const { now } = tokens;
  if (now.kind === "integer") {
    tokens.next();
    if (tokens.take(".")) throw tokens.expected("<identifier>");
    return { value: now.value, isUnsigned: now.isUnsigned };
  }
  if (tokens.take("+")) return unary(context, depth + 1);
  if (tokens.take("-")) {
    const { value, isUnsigned } = unary(context, depth + 1);
    return { value: -value | 0, isUnsigned };
  }
  if (tokens.take("~")) {
    const { value, isUnsigned } = unary(context, depth + 1);
    return { value: ~value, isUnsigned };
  }
  if (tokens.take("!")) return { value: truth(unary(context, depth + 1).value === 0), isUnsigned: false };
  if (tokens.take("(")) return parenthesised(context, depth);
  if (now.kind === "identifier") {
    if (/^(?:sizeof|__alignof__|__alignof|_Alignof)$/.test(now.text)) return measured(context);
    const known = context.constantNamed(now.text);
    if (known !== undefined) {
      tokens.next();
      return known;
    }
  }
  throw now.kind === "string" ? new CdefError("invalid value", now.line) : tokens.unexpected();
}

/** A cast, of which LuaJIT takes the type's sign only, or an expression. */
function parenthesised(context: ConstantContext, depth: number): Constant {
  const { tokens } = context;
  if (!context.startsType()) {
    const inner = constantExpression(context, depth + 1);
    tokens.expect(")");
    return inner;
  }
  const { type } = context.abstractType();
  tokens.expect(")");
  const { value } = unary(context, depth + 1);
  if (type.kind !== "int" && type.kind !== "bool" && type.kind !== "enum") throw new CdefError("invalid value");
  return { value, isUnsigned: type.isUnsigned && sizeOf(type) === 4 };
}

function measured(context: ConstantContext): Constant {
  const { tokens } = context;
  const wantsSize = tokens.next().text === "sizeof";
  tokens.expect("(");
  if (!context.startsType()) throw tokens.unexpected();
  const subject = context.abstractType();
  tokens.expect(")");
  const size = measuredSize(subject.type);
  if (wantsSize && size === undefined) throw new CdefError("size of C type is unknown or too large");
  return { value: wantsSize ? (size ?? 0) : alignOf(subject), isUnsigned: true };
}
