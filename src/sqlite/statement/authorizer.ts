/**
 * SQLite asks here before it compiles a statement of a skill (https://sqlite.org/c3ref/set_authorizer.html).
 * @module
 */
import type { Database } from "../database.ts";
import type { Heap } from "../wasm/heap.ts";
import type { Pointer, SqliteModule } from "../wasm/sqlite-api.ts";

const actions = { pragma: 19, function: 31 } as const;
const [allow, deny] = [0, 1];

/** The text of a refusal; undefined when it is allowed. `hasValue`: a pragma is given one. */
export type SqlDecision = (
  action: "sql.pragma" | "sql.function",
  name: string,
  hasValue: boolean,
) => string | undefined;

export class Authorizer {
  readonly #handler: Pointer;
  #refusal: string | undefined;

  constructor(
    sqlite: SqliteModule,
    private readonly heap: Heap,
    private readonly decide: SqlDecision,
  ) {
    // No exception may cross C frames: nothing here throws.
    this.#handler = sqlite.wasm.installFunction("i(iiiiii)", (_context, action = 0, first = 0, second = 0) => {
      if (action === actions.pragma) return this.#decide("sql.pragma", first, second !== 0);
      return action === actions.function ? this.#decide("sql.function", second, false) : allow;
    });
  }

  attach(database: Database): void {
    database.exports.sqlite3_set_authorizer(database.pointer, this.#handler, 0);
  }

  /** Why the last statement was refused, once. */
  takeRefusal(): string | undefined {
    const refusal = this.#refusal;
    this.#refusal = undefined;
    return refusal;
  }

  #decide(action: Parameters<SqlDecision>[0], name: Pointer, hasValue: boolean): number {
    const refusal = this.decide(action, this.heap.cString(name), hasValue);
    if (refusal === undefined) return allow;
    this.#refusal = refusal;
    return deny;
  }
}
