/**
 * `sql.builder`: queries and conditions for Lua.
 * @module
 */
import { membersInOrder } from "../../../base/values/members.ts";
import type { LuaType, ModuleFunction } from "../../../modules/definition/interface.ts";
import type { ModuleKit } from "../services.ts";
import { type Comparison, Comparisons, conditionOf, Expression, Junction, pairsOf, Sqlizer } from "./conditions.ts";
import { DeleteQuery, InsertQuery, noParts, Query, SelectQuery, UpdateQuery } from "./queries.ts";

const placeholders = ["question", "dollar", "at", "colon"] as const;
const comparisons: Readonly<Record<string, Comparison>> = {
  eq: "=",
  not_eq: "<>",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  like: "LIKE",
  not_like: "NOT LIKE",
};

/** `executor`: what makes a query one that can be run. */
export function sqlBuilder(kit: ModuleKit, executor: (query: Query, target: unknown) => object) {
  const { arg, defineType, fn, luaError, results, t } = kit;
  const invalid = (message: string) => luaError(message, { kind: "Invalid", retryable: false });
  const text = arg.string("text");
  const values = arg.rest(arg.any("value"));
  const names = arg.rest(arg.string("name"));
  const toSql = fn({
    returns: [t.string, t.array(t.any)],
    run: (_call, self: Sqlizer) => results(...(self instanceof Query ? self.finished() : self.toSql())),
  });
  const shown = {
    __tostring: (_call: unknown, self: Sqlizer) => (self instanceof Query ? self.finished() : self.toSql())[0],
  };

  class Condition extends Sqlizer {
    constructor(private readonly inner: Sqlizer) {
      super();
    }
    toSql() {
      return this.inner.toSql();
    }
  }
  const ConditionType = defineType("sql.Sqlizer", { of: Condition, methods: { to_sql: toSql }, metamethods: shown });

  // What several kinds of queries have.
  const adds = (part: "orderBy" | "groupBy" | "columns" | "options") =>
    fn({ params: [names], run: (_call, self: Query, ...more: string[]) => self.adding(part, ...more) });
  const filters = (part: "where" | "having") =>
    fn({
      params: [arg.any("condition"), values],
      run: (_call, self: Query, condition: unknown, ...args: unknown[]) =>
        self.adding(part, conditionOf(condition, args, invalid)),
    });
  const pieces = (part: "prefix" | "suffix" | "joins", lead = "") =>
    fn({
      params: [text, values],
      run: (_call, self: Query, sql: string, ...args: unknown[]) => self.adding(part, new Expression(lead + sql, args)),
    });
  const counts = (part: "limit" | "offset") =>
    fn({
      params: [arg.int("count")],
      run: (_call, self: Query, count: number) => {
        if (count < 0) throw invalid(`${part} must not be negative`);
        return self.with({ [part]: count });
      },
    });
  const names1 = () => fn({ params: [text], run: (_call, self: Query, table: string) => self.with({ table }) });
  const common: Readonly<Record<string, ModuleFunction>> = {
    to_sql: toSql,
    prefix: pieces("prefix"),
    suffix: pieces("suffix"),
    placeholder_format: fn({
      params: [arg.string("format")],
      run: (_call, self: Query, format: string) => {
        const placeholder = placeholders.find((each) => each === format);
        if (!placeholder) throw invalid(`placeholder_format takes one of sql.builder.${placeholders.join(", ")}`);
        return self.with({ placeholder });
      },
    }),
    run_with: fn({
      params: [arg.any("db")],
      run: (_call, self: Query, target: unknown) => executor(self, target),
    }),
  };
  const bounded = {
    where: filters("where"),
    order_by: adds("orderBy"),
    limit: counts("limit"),
    offset: counts("offset"),
  };
  const setMap = (given: unknown) => membersInOrder(pairsOf(given, invalid));

  const SelectType = defineType("sql.SelectBuilder", {
    of: SelectQuery,
    methods: {
      ...common,
      ...bounded,
      from: names1(),
      columns: adds("columns"),
      group_by: adds("groupBy"),
      having: filters("having"),
      distinct: fn({ run: (_call, self: Query) => self.with({ isDistinct: true }) }),
      join: pieces("joins", "JOIN "),
      inner_join: pieces("joins", "INNER JOIN "),
      left_join: pieces("joins", "LEFT JOIN "),
      right_join: pieces("joins", "RIGHT JOIN "),
    },
    metamethods: shown,
  });
  const InsertType = defineType("sql.InsertBuilder", {
    of: InsertQuery,
    methods: {
      ...common,
      into: names1(),
      columns: adds("columns"),
      options: adds("options"),
      values: fn({ params: [values], run: (_call, self: Query, ...row: unknown[]) => self.adding("rows", row) }),
      set_map: fn({
        params: [arg.table("map")],
        run: (_call, self: Query, map: unknown) => {
          const pairs = setMap(map);
          return self.with({ columns: pairs.map(([name]) => name), rows: [pairs.map(([, value]) => value)] });
        },
      }),
      select: fn({
        params: [arg.type(SelectType, "query")],
        run: (_call, self: Query, source: Query) => self.with({ source }),
      }),
    },
    metamethods: shown,
  });
  const UpdateType = defineType("sql.UpdateBuilder", {
    of: UpdateQuery,
    methods: {
      ...common,
      ...bounded,
      table: names1(),
      set: fn({
        params: [text, arg.any("value").opt()],
        run: (_call, self: Query, column: string, value: unknown) => self.adding("sets", [column, value]),
      }),
      set_map: fn({
        params: [arg.table("map")],
        run: (_call, self: Query, map: unknown) => self.adding("sets", ...setMap(map)),
      }),
      from: fn({
        params: [text],
        run: (_call, self: Query, table: string) => self.with({ from: new Expression(table, []) }),
      }),
      from_select: fn({
        params: [arg.type(SelectType, "query"), arg.string("alias")],
        run: (_call, self: Query, query: Query, alias: string) =>
          self.with({ from: new Expression(`(?) AS ${alias}`, [query]) }),
      }),
    },
    metamethods: shown,
  });
  const DeleteType = defineType("sql.DeleteBuilder", {
    of: DeleteQuery,
    methods: { ...common, ...bounded, from: names1() },
    metamethods: shown,
  });

  const table = arg.string("table").opt("");
  const junction = (word: "AND" | "OR") =>
    fn({
      params: [arg.table("conditions")],
      returns: [ConditionType],
      run: (_call, given: unknown) => {
        if (!Array.isArray(given)) throw invalid(`${word.toLowerCase()}_ takes a list of conditions`);
        return new Condition(
          new Junction(
            word,
            given.map((each) => conditionOf(each, [], invalid)),
          ),
        );
      },
    });
  const functions: Readonly<Record<string, ModuleFunction>> = {
    select: fn({
      params: [names],
      returns: [SelectType],
      run: (_call, ...columns: string[]) => new SelectQuery({ ...noParts, columns }),
    }),
    insert: fn({
      params: [table],
      returns: [InsertType],
      run: (_call, name) => new InsertQuery({ ...noParts, table: name }),
    }),
    update: fn({
      params: [table],
      returns: [UpdateType],
      run: (_call, name) => new UpdateQuery({ ...noParts, table: name }),
    }),
    delete: fn({
      params: [table],
      returns: [DeleteType],
      run: (_call, name) => new DeleteQuery({ ...noParts, table: name }),
    }),
    expr: fn({
      params: [arg.string("sql"), values],
      returns: [ConditionType],
      run: (_call, sql, ...args: unknown[]) => new Condition(new Expression(sql, args)),
    }),
    and_: junction("AND"),
    or_: junction("OR"),
    ...Object.fromEntries(
      Object.entries(comparisons).map(([name, operator]) => [
        name,
        fn({
          params: [arg.any("map")],
          returns: [ConditionType],
          run: (_call, map) => new Condition(new Comparisons(operator, pairsOf(map, invalid))),
        }),
      ]),
    ),
  };
  const types: readonly LuaType[] = [SelectType, InsertType, UpdateType, DeleteType, ConditionType];
  return { functions, types };
}
