/**
 * Pieces of SQL with the values that belong to them.
 * @module
 */
import { isObject } from "../../../base/is-object.ts";
import { membersInOrder } from "../../../base/values/members.ts";
import { charge } from "../../../base/work.ts";

export type SqlPiece = readonly [sql: string, args: readonly unknown[]];

const pieceUnits = 20;
const charactersPerUnit = 64;
const valueBytes = 8;

/** Pays for a piece: one that holds another twice, and that one a third, is as long as 2, 4, 8 … of the last. */
export function paid(piece: SqlPiece): SqlPiece {
  const [sql, args] = piece;
  charge(pieceUnits + (sql.length + args.length) / charactersPerUnit, sql.length + valueBytes * args.length);
  return piece;
}

/** A value with the type it has in the database: `sql.as.float(1)`, `sql.NULL`. */
export class TypedValue {
  constructor(
    readonly kind: "int" | "float" | "text" | "binary" | "null",
    readonly value: number | bigint | string | Uint8Array | null,
  ) {}
}

/** Something that becomes SQL: a condition, an expression, or a query of a builder. */
export abstract class Sqlizer {
  abstract toSql(): SqlPiece;
}

/** A mistake of the caller. */
export type Refuse = (message: string) => Error;

const isNull = (value: unknown): boolean =>
  value === null || value === undefined || (value instanceof TypedValue && value.kind === "null");

/** SQL as it is written, with `?` for its values; one that is a piece itself takes the place of its `?`. */
export class Expression extends Sqlizer {
  constructor(
    private readonly sql: string,
    private readonly args: readonly unknown[],
  ) {
    super();
  }

  toSql(): SqlPiece {
    if (!this.args.some((each) => each instanceof Sqlizer)) return paid([this.sql, this.args]);
    const args: unknown[] = [];
    let next = 0;
    const sql = this.sql.replace(/\?/g, () => {
      const value = this.args[next++];
      const [text, more] = value instanceof Sqlizer ? value.toSql() : (["?", [value]] as const);
      for (const each of more) args.push(each);
      return text;
    });
    return paid([sql, args]);
  }
}

export type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=" | "LIKE" | "NOT LIKE";

/** `column = value` for every pair, in the order of the names. */
export class Comparisons extends Sqlizer {
  constructor(
    private readonly operator: Comparison,
    private readonly pairs: Readonly<Record<string, unknown>>,
  ) {
    super();
  }

  toSql(): SqlPiece {
    const pieces = membersInOrder(this.pairs).map(([column, value]) => paid(this.#compared(column, value)));
    if (pieces.length === 0) return ["(1=1)", []];
    return paid([pieces.map(([sql]) => sql).join(" AND "), pieces.flatMap(([, args]) => args)]);
  }

  #compared(column: string, value: unknown): SqlPiece {
    const { operator } = this;
    const equals = operator === "=";
    if (equals || operator === "<>") {
      if (isNull(value)) return [`${column} IS ${equals ? "" : "NOT "}NULL`, []];
      if (Array.isArray(value)) {
        if (value.length === 0) return [equals ? "(1=0)" : "(1=1)", []];
        return [`${column} ${equals ? "" : "NOT "}IN (${value.map(() => "?").join(",")})`, value];
      }
    }
    if (value instanceof Sqlizer) {
      const [sql, args] = value.toSql();
      return [`${column} ${operator} (${sql})`, args];
    }
    return [`${column} ${operator} ?`, [value]];
  }
}

export class Junction extends Sqlizer {
  constructor(
    private readonly word: "AND" | "OR",
    private readonly parts: readonly Sqlizer[],
  ) {
    super();
  }

  toSql(): SqlPiece {
    if (this.parts.length === 0) return [this.word === "AND" ? "(1=1)" : "(1=0)", []];
    const pieces = this.parts.map((each) => each.toSql());
    return paid([`(${pieces.map(([sql]) => sql).join(` ${this.word} `)})`, pieces.flatMap(([, args]) => args)]);
  }
}

/** What `where`, `having`, `and_` and `or_` take: text with values, a table of equalities, or a condition. */
export function conditionOf(given: unknown, args: readonly unknown[], refuse: Refuse): Sqlizer {
  if (given instanceof Sqlizer) return given;
  if (typeof given === "string") {
    // Beside others an OR of its own would not stay together.
    return new Expression(/\bor\b/i.test(given) ? `(${given})` : given, args);
  }
  return new Comparisons("=", pairsOf(given, refuse));
}

/** @throws what `refuse` makes */
export function pairsOf(given: unknown, refuse: Refuse): Readonly<Record<string, unknown>> {
  if (isObject(given) && !(given instanceof TypedValue) && !(given instanceof Sqlizer)) return given;
  // An empty Lua table arrives as an empty list.
  if (Array.isArray(given) && given.length === 0) return {};
  throw refuse("a table of columns and values, a condition of sql.builder, or a text is expected");
}
