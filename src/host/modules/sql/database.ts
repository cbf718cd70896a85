/**
 * Handles of a database of the host: one connection, whose transaction belongs to whoever began it.
 * @module
 */
import type { DatabaseContext } from "../../../databases/access.ts";
import type { SqlSession, SqlValue } from "../../../databases/sql-session.ts";
import { TypedValue } from "./conditions.ts";

interface Owner {
  readonly transaction: object;
  /** The Lua state it was begun in: a run has one to itself. */
  readonly vm: object;
}

/** One connection for everybody. While a transaction is open, other runs wait until it is over. */
export class SharedConnection {
  #owner: Owner | undefined;
  #waiting: (() => void)[] = [];
  waitCount = 0;
  #session: Promise<SqlSession> | undefined;

  constructor(private readonly open: () => Promise<SqlSession>) {}

  get isInTransaction(): boolean {
    return this.#owner !== undefined;
  }

  /**
   * When it is `user`'s turn. Undefined where it never would be: the transaction that is open is the same run's.
   * @throws the reason of the signal
   */
  async use(user: object, vm: object, { signal }: DatabaseContext): Promise<SqlSession | undefined> {
    while (this.#owner !== undefined && this.#owner.transaction !== user) {
      if (this.#owner.vm === vm) return undefined;
      this.waitCount++;
      await this.#turn(signal);
    }
    this.#session ??= this.open();
    try {
      return await this.#session;
    } catch (error) {
      this.#session = undefined;
      throw error;
    }
  }

  begun(owner: Owner): void {
    this.#owner = owner;
  }

  ended(): void {
    this.#owner = undefined;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** The run that began the transaction is over. */
  async abandon(): Promise<void> {
    try {
      const session = await this.#session;
      if (session?.isInTransaction) await session.run("ROLLBACK", [], { signal: new AbortController().signal });
    } finally {
      this.ended();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const gone = () => reject(signal.reason);
      signal.addEventListener("abort", gone, { once: true });
      this.#waiting.push(() => {
        signal.removeEventListener("abort", gone);
        resolve();
      });
    });
  }
}

export class DatabaseHandle {
  isReleased = false;
  constructor(
    readonly id: string,
    readonly connection: SharedConnection,
  ) {}
}

export class TransactionHandle {
  isActive = true;
  constructor(
    readonly database: DatabaseHandle,
    readonly isReadOnly: boolean,
  ) {}
}

export class StatementHandle {
  isClosed = false;
  constructor(
    readonly of: DatabaseHandle | TransactionHandle,
    readonly sql: string,
  ) {}
}

/** Values of Lua as SQLite takes them; undefined for one it does not. */
export function sqlValue(value: unknown): SqlValue | undefined {
  if (value instanceof TypedValue) return value.kind === "float" ? { real: Number(value.value) } : value.value;
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number" && !Number.isSafeInteger(value)) return { real: value };
  if (typeof value === "number" || typeof value === "string" || typeof value === "bigint") return value;
  return value instanceof Uint8Array ? value : undefined;
}
