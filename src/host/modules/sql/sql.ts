/**
 * The module `sql`: SQLite databases of the host, files of the tree: `moduleOptions: { sql: { "app.db:main": { path } } }`.
 * Those of skills are `vulcan.sqlite`'s.
 * @module
 */
import type { SqlOutcome, SqlSession, SqlValue } from "../../../databases/sql-session.ts";
import type { LuaValue } from "../../../lua/interface.ts";
import type { Call } from "../../../modules/definition/interface.ts";
import { resourcesOf } from "../module-options.ts";
import type { BuiltInModule } from "../services.ts";
import { sqlBuilder } from "./builder.ts";
import { TypedValue } from "./conditions.ts";
import { DatabaseHandle, SharedConnection, StatementHandle, sqlValue, TransactionHandle } from "./database.ts";
import type { Query } from "./queries.ts";
import source from "./sql.lua?raw";
import { sqlErrors } from "./sql-errors.ts";

type Target = DatabaseHandle | TransactionHandle;

/** A query and where it runs. */
class Executor {
  constructor(
    readonly query: Query,
    readonly target: Target,
  ) {}
}

const isolations = [
  "default",
  "read_uncommitted",
  "read_committed",
  "write_committed",
  "repeatable_read",
  "serializable",
] as const;

export const sqlModule: BuiltInModule = (kit, services) => {
  const { arg, defineModule, defineType, fn, luaError, results, t } = kit;
  const { invalid, explained } = sqlErrors(kit);
  const offered = resourcesOf(services.options, "sql", ["path"], (each) => each.path());
  const connections = new Map<string, SharedConnection>();
  const fallible = t.optional(t.luaError);

  /** When it is the turn of a handle that may still be used. */
  const turn = async (call: Call, target: Target): Promise<SqlSession> => {
    const database = target instanceof TransactionHandle ? target.database : target;
    if (database.isReleased) throw invalid("sql: the database was released");
    if (target instanceof TransactionHandle && !target.isActive) throw invalid("sql: the transaction is not active");
    const session = await database.connection.use(target, services.vmOf(call), services.databaseContext(call));
    if (!session) throw invalid("sql: a transaction of this run is open; use it, commit it or roll it back first");
    return session;
  };
  const run = async (call: Call, target: Target, sql: string, values: readonly SqlValue[]): Promise<SqlOutcome> => {
    const session = await turn(call, target);
    const context = services.databaseContext(call);
    const { connection } = target instanceof TransactionHandle ? target.database : target;
    const readOnly = target instanceof TransactionHandle && target.isReadOnly;
    try {
      if (readOnly) await session.run("PRAGMA query_only = ON", [], context);
      const outcome = await session.run(sql, values, context);
      if (session.isInTransaction === connection.isInTransaction) return outcome;
    } catch (thrown) {
      // SQLite rolls back by itself when a statement fails badly.
      if (connection.isInTransaction && !session.isInTransaction) end(target);
      throw explained(thrown);
    } finally {
      if (readOnly) await session.run("PRAGMA query_only = OFF", [], context);
    }
    if (session.isInTransaction) await session.run("ROLLBACK", [], context);
    else end(target);
    throw invalid("sql: transactions are begun with db:begin() and ended with tx:commit() or tx:rollback()");
  };
  const end = (target: Target) => {
    if (!(target instanceof TransactionHandle) || !target.isActive) return;
    target.isActive = false;
    target.database.connection.ended();
  };
  const valuesOf = (given: unknown): SqlValue[] => {
    if (given === undefined || given === null) return [];
    // A table with a single nil in front, or holes, arrives with names that are numbers.
    const list = Array.isArray(given) ? given : undefined;
    if (!list) throw invalid("sql: parameters must be a list; sql.NULL stands for NULL");
    return list.map((each, i) => {
      const value = sqlValue(each);
      if (value === undefined) throw invalid(`sql: parameter ${i + 1} must be a text, a number, a boolean or sql.as.*`);
      return value;
    });
  };
  const changed = ({ changed: rows, lastInsertId }: SqlOutcome): LuaValue => ({
    rows_affected: rows,
    last_insert_id: lastInsertId,
  });
  const statementOf = (self: StatementHandle): StatementHandle => {
    if (self.isClosed) throw invalid("sql: the statement is closed");
    return self;
  };

  const targetOf = (given: unknown): Target => {
    if (given instanceof DatabaseHandle || given instanceof TransactionHandle) return given;
    throw invalid("run_with takes a database or a transaction");
  };
  const builder = sqlBuilder(kit, (query, target) => new Executor(query, targetOf(target)));
  const sqlOf = ({ query }: Executor): [string, SqlValue[]] => {
    const [sql, args] = query.toSql();
    return [sql, valuesOf(args)];
  };

  const statement = arg.string("sql");
  const params = arg.table("params").opt();
  const query = fn({
    params: [statement, params],
    returns: [t.array(t.table), fallible],
    run: async (call, self: Target, sql: string, given: unknown) => (await run(call, self, sql, valuesOf(given))).rows,
  });
  const execute = fn({
    params: [statement, params],
    returns: [t.table, fallible],
    run: async (call, self: Target, sql: string, given: unknown) =>
      changed(await run(call, self, sql, valuesOf(given))),
  });
  const prepare = fn({
    params: [statement],
    returns: [t.any, fallible],
    async run(call, self: Target, sql: string) {
      const session = await turn(call, self);
      try {
        await session.check(sql, services.databaseContext(call));
      } catch (thrown) {
        throw explained(thrown);
      }
      return new StatementHandle(self, sql);
    },
  });
  const ValueType = defineType("sql.Value", {
    of: TypedValue,
    metamethods: { __tostring: (_call, self) => (self.kind === "null" ? "NULL" : `${self.value}`) },
  });
  const StatementType = defineType("sql.Statement", {
    of: StatementHandle,
    methods: {
      query: fn({
        params: [params],
        returns: [t.array(t.table), fallible],
        run: async (call, self: StatementHandle, given: unknown) =>
          (await run(call, statementOf(self).of, self.sql, valuesOf(given))).rows,
      }),
      execute: fn({
        params: [params],
        returns: [t.table, fallible],
        run: async (call, self: StatementHandle, given: unknown) =>
          changed(await run(call, statementOf(self).of, self.sql, valuesOf(given))),
      }),
      close: fn({
        returns: [t.boolean, fallible],
        run: (_call, self: StatementHandle) => {
          statementOf(self).isClosed = true;
          return true;
        },
      }),
    },
  });
  const said = (make: (name: string) => string) =>
    fn({
      params: [arg.string("name")],
      returns: [t.boolean, fallible],
      async run(call, self: TransactionHandle, name: string) {
        if (!/^[A-Za-z_]\w*$/.test(name)) throw invalid("sql: a savepoint is named by letters, digits and _");
        await run(call, self, make(name), []);
        return true;
      },
    });
  const finished = (verb: "COMMIT" | "ROLLBACK") =>
    fn({
      returns: [t.boolean, fallible],
      async run(call, self: TransactionHandle) {
        const session = await turn(call, self);
        try {
          await session.run(verb, [], services.databaseContext(call));
        } catch (thrown) {
          throw explained(thrown);
        }
        end(self);
        return true;
      },
    });
  const kind = fn({ returns: [t.string, fallible], run: () => "sqlite" });
  const TransactionType = defineType("sql.Transaction", {
    of: TransactionHandle,
    methods: {
      db_type: kind,
      query,
      execute,
      prepare,
      commit: finished("COMMIT"),
      rollback: finished("ROLLBACK"),
      savepoint: said((name) => `SAVEPOINT ${name}`),
      rollback_to: said((name) => `ROLLBACK TO ${name}`),
      release: said((name) => `RELEASE ${name}`),
    },
    dispose: (self) => {
      if (!self.isActive) return;
      self.isActive = false;
      void self.database.connection.abandon();
    },
  });
  const DatabaseType = defineType("sql.DB", {
    of: DatabaseHandle,
    methods: {
      type: kind,
      query,
      execute,
      prepare,
      begin: fn({
        params: [arg.table("options").opt()],
        returns: [TransactionType, fallible],
        async run(call, self: DatabaseHandle, given: unknown) {
          const { isolation = "default", read_only: readOnly = false } = (given ?? {}) as Record<string, unknown>;
          if (!isolations.includes(isolation as never))
            throw invalid(`sql: unknown isolation level ${String(isolation)}`);
          const session = await turn(call, self);
          const transaction = new TransactionHandle(self, readOnly === true);
          self.connection.begun({ transaction, vm: services.vmOf(call) });
          try {
            await session.run(readOnly === true ? "BEGIN" : "BEGIN IMMEDIATE", [], services.databaseContext(call));
          } catch (thrown) {
            end(transaction);
            throw explained(thrown);
          }
          return transaction;
        },
      }),
      release: fn({
        returns: [t.boolean, fallible],
        run: (_call, self: DatabaseHandle) => {
          self.isReleased = true;
          return true;
        },
      }),
      stats: fn({
        returns: [t.table, fallible],
        run: (_call, { connection }: DatabaseHandle) => ({
          max_open_connections: 1,
          open_connections: 1,
          in_use: connection.isInTransaction ? 1 : 0,
          idle: connection.isInTransaction ? 0 : 1,
          wait_count: connection.waitCount,
          wait_duration: 0,
          max_idle_closed: 0,
          max_idle_time_closed: 0,
          max_lifetime_closed: 0,
        }),
      }),
    },
    metamethods: { __tostring: (_call, self) => (self.isReleased ? "sql.DB{released}" : "sql.DB{}") },
  });
  const ExecutorType = defineType("sql.QueryExecutor", {
    of: Executor,
    methods: {
      query: fn({
        returns: [t.array(t.table), fallible],
        run: async (call, self: Executor) => (await run(call, self.target, ...sqlOf(self))).rows,
      }),
      exec: fn({
        returns: [t.table, fallible],
        run: async (call, self: Executor) => changed(await run(call, self.target, ...sqlOf(self))),
      }),
      to_sql: fn({
        returns: [t.string, t.array(t.any)],
        run: (_call, self: Executor) => results(...self.query.finished()),
      }),
    },
  });

  const typed = (of: TypedValue["kind"], make: (value: LuaValue) => TypedValue["value"]) =>
    fn({ params: [arg.any("value")], returns: [ValueType], run: (_call, value) => new TypedValue(of, make(value)) });
  const numberOf = (value: LuaValue): number => {
    const number = Number(value);
    if (typeof value === "object" || Number.isNaN(number)) throw invalid("sql.as: a number is expected");
    return number;
  };
  const bytesOf = (value: LuaValue) => (value instanceof Uint8Array ? value : new TextEncoder().encode(String(value)));
  return defineModule({
    name: "sql",
    description: "SQLite databases that the host lends",
    class: ["storage", "io"],
    argErrors: "return",
    permissions: ["db.get"],
    types: [DatabaseType, TransactionType, StatementType, ExecutorType, ValueType, ...builder.types],
    constants: {
      type: { SQLITE: "sqlite", POSTGRES: "postgres", MYSQL: "mysql", UNKNOWN: "unknown" },
      isolation: Object.fromEntries(isolations.map((each) => [each.toUpperCase(), each])),
    },
    lua: source,
    functions: {
      get: fn({
        params: [arg.string("id")],
        returns: [DatabaseType, fallible],
        run: (call, id) => {
          if (id === "") throw invalid("sql.get: the id is empty");
          call.require("db.get", id, undefined, `not allowed: ${id}`);
          const path = offered.get(id);
          if (path === undefined) throw luaError(`database not found: ${id}`, { kind: "NotFound", retryable: false });
          const connection = connections.get(path) ?? new SharedConnection(() => services.openSql(path));
          connections.set(path, connection);
          return new DatabaseHandle(id, connection);
        },
      }),
      "as.int": typed("int", (value) => (typeof value === "bigint" ? value : Math.trunc(numberOf(value)))),
      "as.float": typed("float", numberOf),
      "as.text": typed("text", (value) => (value instanceof Uint8Array ? value : String(value))),
      "as.binary": typed("binary", bytesOf),
      "as.null": fn({ returns: [ValueType], run: () => new TypedValue("null", null) }),
      ...Object.fromEntries(Object.entries(builder.functions).map(([name, each]) => [`builder.${name}`, each])),
    },
  });
};
