/**
 * Queries that are put together clause by clause. Every clause answers a new query; the one before stays what it was.
 * @module
 */
import { charge } from "../../../base/work.ts";
import { Expression, paid, Sqlizer, type SqlPiece } from "./conditions.ts";

const partsPerUnit = 16;

export type Placeholder = "question" | "dollar" | "at" | "colon";

interface Parts {
  readonly table: string;
  readonly columns: readonly string[];
  readonly isDistinct: boolean;
  readonly joins: readonly Sqlizer[];
  readonly where: readonly Sqlizer[];
  readonly having: readonly Sqlizer[];
  readonly groupBy: readonly string[];
  readonly orderBy: readonly string[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
  readonly prefix: readonly Sqlizer[];
  readonly suffix: readonly Sqlizer[];
  readonly options: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly source: Sqlizer | undefined;
  readonly sets: readonly (readonly [column: string, value: unknown])[];
  readonly from: Sqlizer | undefined;
  readonly placeholder: Placeholder;
}

export const noParts: Parts = {
  table: "",
  columns: [],
  isDistinct: false,
  joins: [],
  where: [],
  having: [],
  groupBy: [],
  orderBy: [],
  limit: undefined,
  offset: undefined,
  prefix: [],
  suffix: [],
  options: [],
  rows: [],
  source: undefined,
  sets: [],
  from: undefined,
  placeholder: "question",
};

type ListPart = {
  [K in keyof Parts]: Parts[K] extends readonly unknown[] ? K : never;
}[keyof Parts];

/** A text that is put together with its values in order. */
class Text {
  #sql: string[] = [];
  readonly #args: unknown[] = [];

  add(sql: string, args: readonly unknown[] = []): this {
    if (sql !== "") this.#sql.push(sql);
    for (const each of args) this.#args.push(each);
    return this;
  }

  pieces(parts: readonly Sqlizer[], lead = "", separator = " "): this {
    if (parts.length === 0) return this;
    const made = parts.map((each) => each.toSql());
    return this.add(
      `${lead}${made.map(([sql]) => sql).join(separator)}`,
      made.flatMap(([, args]) => args),
    );
  }

  list(texts: readonly string[], lead = ""): this {
    return texts.length === 0 ? this : this.add(`${lead}${texts.join(", ")}`);
  }

  get whole(): SqlPiece {
    return paid([this.#sql.join(" "), this.#args]);
  }
}

export abstract class Query extends Sqlizer {
  constructor(readonly parts: Parts = noParts) {
    super();
  }

  with(changes: Partial<Parts>): this {
    const Class = this.constructor as new (parts: Parts) => this;
    return new Class({ ...this.parts, ...changes });
  }

  adding<K extends ListPart>(part: K, ...more: Parts[K][number][]): this {
    charge(this.parts[part].length / partsPerUnit);
    return this.with({ [part]: [...this.parts[part], ...more] } as Partial<Parts>);
  }

  /** With the placeholders of the database it is for. */
  finished(): SqlPiece {
    const [sql, args] = this.toSql();
    const { placeholder } = this.parts;
    if (placeholder === "question") return [sql, args];
    const lead = { dollar: "$", at: "@p", colon: ":" }[placeholder];
    let count = 0;
    return [sql.replace(/\?/g, () => `${lead}${++count}`), args];
  }

  protected tail(text: Text): Text {
    const { orderBy, limit, offset, suffix } = this.parts;
    text.list(orderBy, "ORDER BY ");
    if (limit !== undefined) text.add(`LIMIT ${limit}`);
    if (offset !== undefined) text.add(`OFFSET ${offset}`);
    return text.pieces(suffix);
  }
}

export class SelectQuery extends Query {
  toSql(): SqlPiece {
    const { isDistinct, columns, table, joins, where, groupBy, having, prefix } = this.parts;
    const text = new Text().pieces(prefix).add(`SELECT${isDistinct ? " DISTINCT" : ""}`);
    text.add(columns.length === 0 ? "*" : columns.join(", "));
    if (table !== "") text.add(`FROM ${table}`);
    text.pieces(joins).pieces(where, "WHERE ", " AND ").list(groupBy, "GROUP BY ").pieces(having, "HAVING ", " AND ");
    return this.tail(text).whole;
  }
}

export class InsertQuery extends Query {
  toSql(): SqlPiece {
    const { prefix, options, table, columns, rows, source, suffix } = this.parts;
    const text = new Text().pieces(prefix).add(["INSERT", ...options, "INTO", table].join(" "));
    if (columns.length > 0) text.add(`(${columns.join(",")})`);
    if (source) text.pieces([source]);
    else if (rows.length > 0) {
      text.pieces(
        rows.map((row) => new Expression(`(${row.map(() => "?").join(",")})`, row)),
        "VALUES ",
        ",",
      );
    }
    return text.pieces(suffix).whole;
  }
}

export class UpdateQuery extends Query {
  toSql(): SqlPiece {
    const { prefix, table, sets, from, where } = this.parts;
    const text = new Text().pieces(prefix).add(`UPDATE ${table}`);
    text.pieces(
      sets.map(([column, value]) => new Expression(`${column} = ${value instanceof Query ? "(?)" : "?"}`, [value])),
      "SET ",
      ", ",
    );
    text.pieces(from ? [from] : [], "FROM ").pieces(where, "WHERE ", " AND ");
    return this.tail(text).whole;
  }
}

export class DeleteQuery extends Query {
  toSql(): SqlPiece {
    const { prefix, table, where } = this.parts;
    const text = new Text().pieces(prefix).add(`DELETE FROM ${table}`).pieces(where, "WHERE ", " AND ");
    return this.tail(text).whole;
  }
}
