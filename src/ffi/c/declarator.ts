/**
 * Declarators: the name with its stars, brackets and parentheses.
 * @module
 */
import { type Decoration, takeAttributes, undecorated } from "./attributes.ts";
import { CdefError } from "./cdef-error.ts";
import { constantExpression } from "./constant.ts";
import { isKeyword, readSpecifiers, type SpecifierContext, startsType } from "./specifiers.ts";
import type { TypeTable } from "./type-table.ts";
import type { Qualified } from "./types.ts";

/** `none`: no name may stand there; `declaration`: one must; `member` and `parameter`: one may. */
export type NameRule = "none" | "declaration" | "member" | "parameter";

export interface Declared {
  readonly name: string | undefined;
  readonly type: Qualified;
  /** A function body stood behind it; it was skipped. */
  readonly hasBody: boolean;
}

interface Shape {
  name: string | undefined;
  hasBody: boolean;
  wrap: (base: Qualified) => Qualified;
}

const deepest = 20;

/** @throws CdefError */
export function readDeclarator(
  context: SpecifierContext,
  base: Qualified,
  decoration: Decoration,
  rule: NameRule,
): Declared {
  const shape = readShape(context, decoration, rule, 0);
  const type = shape.wrap(resized(context.table, base, decoration));
  const align = rule === "member" ? 0 : decoration.aligned;
  return {
    name: shape.name,
    hasBody: shape.hasBody,
    type: align > 0 && type.type.kind !== "function" ? { ...type, align } : type,
  };
}

function readShape(context: SpecifierContext, decoration: Decoration, rule: NameRule, depth: number): Shape {
  if (depth >= deepest) throw new CdefError("chunk has too many syntax levels");
  const { tokens, table } = context;
  const stars = readStars(context, decoration);
  const shape: Shape = { name: undefined, hasBody: false, wrap: (base) => base };
  const tails: ((of: Qualified) => Qualified)[] = [];
  if (tokens.take("(")) {
    takeAttributes(context, decoration);
    // `(` of an inner declarator, or of the parameters of a function without a name.
    if (rule !== "declaration" && (tokens.is(")") || startsType(context))) {
      tails.push(parameters(context, shape));
    } else {
      const inner = readShape(context, decoration, rule, depth + 1);
      tokens.expect(")");
      shape.name = inner.name;
      shape.wrap = inner.wrap;
    }
  } else if (tokens.now.kind === "identifier" && !isKeyword(tokens.now.text)) {
    if (rule === "none") throw tokens.expected("<eof>");
    shape.name = tokens.identifier();
  } else if (rule === "declaration") throw tokens.expected("<identifier>");

  for (;;) {
    if (tokens.take("[")) tails.push(brackets(context, decoration));
    else if (tokens.take("(")) tails.push(parameters(context, shape));
    else break;
  }
  takeAttributes(context, decoration);
  const { wrap } = shape;
  shape.wrap = (base) => {
    let type = base;
    for (const star of stars) type = star(type, table);
    for (const tail of tails.reverse()) type = tail(type);
    return wrap(type);
  };
  return shape;
}

type Star = (to: Qualified, table: TypeTable) => Qualified;

function readStars(context: SpecifierContext, decoration: Decoration): Star[] {
  const { tokens } = context;
  const stars: Star[] = [];
  for (;;) {
    if (tokens.take("*")) {
      const own = undecorated();
      takeAttributes(context, own);
      decoration.aligned ||= own.aligned;
      decoration.symbol ??= own.symbol;
      const { isConst, isVolatile } = own;
      stars.push((to, table) => ({ ...table.pointer(to), isConst, isVolatile }));
    } else if (tokens.take("&") || tokens.take("&&")) stars.push((to, table) => table.reference(to));
    else return stars;
  }
}

/** The words between `[` and `]`. */
function brackets(context: SpecifierContext, decoration: Decoration): (of: Qualified) => Qualified {
  const { tokens, table } = context;
  takeAttributes(context, decoration);
  const isVariable = tokens.take("?");
  let count: number | undefined;
  if (!isVariable && !tokens.is("]")) {
    const { value } = constantExpression(context);
    if (value < 0) throw new CdefError("size of C type is unknown or too large");
    count = value;
  }
  tokens.expect("]");
  return (of) => table.array(of, count, isVariable);
}

/** What stands between `(` and `)`, and a body behind it. */
function parameters(context: SpecifierContext, shape: Shape): (returns: Qualified) => Qualified {
  const { tokens, table } = context;
  const taken: Qualified[] = [];
  let isVariadic = false;
  if (!tokens.is(")")) {
    do {
      if (tokens.take(".")) {
        tokens.expect(".");
        tokens.expect(".");
        isVariadic = true;
        break;
      }
      const { base, decoration } = readSpecifiers(context, ["register"]);
      const { type } = readDeclarator(context, base, { ...decoration }, "parameter");
      if (type.type.kind === "void") break;
      taken.push(passed(table, type));
    } while (tokens.take(","));
  }
  tokens.expect(")");
  if (tokens.take("{")) {
    skipBody(context);
    shape.hasBody = true;
  }
  return (returns) => table.function(returns, taken, isVariadic);
}

function skipBody({ tokens }: SpecifierContext): void {
  for (let open = 1; open > 0; ) {
    if (tokens.now.kind === "end") throw tokens.expected("}");
    const { kind, text } = tokens.next();
    if (kind !== "symbol") continue;
    if (text === "{") open++;
    else if (text === "}") open--;
  }
}

/** Arrays and functions are passed as pointers. */
function passed(table: TypeTable, type: Qualified): Qualified {
  if (type.type.kind === "array") return table.pointer(type.type.of);
  return type.type.kind === "function" ? table.pointer(type) : type;
}

/** `mode` and `vector_size` change the number at the bottom. */
function resized(table: TypeTable, base: Qualified, { mode, vector }: Decoration): Qualified {
  const { type } = base;
  if (type.kind !== "int" && type.kind !== "float" && type.kind !== "bool") return base;
  const isFloat = type.kind === "float";
  const fits = mode > 0 && (!isFloat || mode === 4 || mode === 8);
  const size = fits ? mode : type.size;
  const number = isFloat
    ? table.float(size)
    : type.kind === "bool"
      ? table.bool(size)
      : table.integer(size, type.isUnsigned);
  const sized: Qualified = { ...base, type: number.type };
  return vector >= size && vector > 0 ? table.vector(sized, vector) : sized;
}
