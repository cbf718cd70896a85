/**
 * What SQLite said, as the skill reads it (databases.md §7.8).
 * @module
 */

/** A failed SQLite call; `message` is the bare text of SQLite, with the statement and the offset where SQLite knows it. */
export class SqliteError extends Error {
  override readonly name = "SqliteError";
  constructor(
    readonly resultCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Runs `work` and puts `prefix: ` before SQLite's own text. */
export function prefixed<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqliteError) throw new Error(`${prefix}: ${error.message}`);
    throw error;
  }
}
