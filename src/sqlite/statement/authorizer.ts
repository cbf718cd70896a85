/**
 * SQLite asks here before it compiles a statement of a skill (https://sqlite.org/c3ref/set_authorizer.html).
 * @module
 */
import type { Database } from "../database.ts";
import type { Pointer, SqliteFunctions, SqliteMemory } from "../wasm/sqlite-api.ts";

const actions = { pragma: 19, attach: 24, function: 31 } as const;
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
    functions: SqliteFunctions,
    private readonly heap: SqliteMemory,
    private readonly decide: SqlDecision,
    /** Whether another file may be opened, by ATTACH or VACUUM INTO; undefined: its name is no plain text. Default: the VFS says. */
    private readonly mayAttach?: (file: string | undefined) => string | undefined,
  ) {
    // No exception may cross C frames: nothing here throws.
    this.#handler = functions.installFunction("i(pipppp)", (_context, action = 0, first = 0, second = 0) => {
      if (action === actions.attach) return this.#attach(first);
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
    return this.#answer(this.decide(action, this.heap.cString(name), hasValue));
  }

  #attach(name: Pointer): number {
    return this.#answer(this.mayAttach?.(name === 0 ? undefined : this.heap.cString(name)));
  }

  #answer(refusal: string | undefined): number {
    if (refusal === undefined) return allow;
    this.#refusal = refusal;
    return deny;
  }
}
