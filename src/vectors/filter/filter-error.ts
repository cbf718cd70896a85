/** Why a filter text was refused, or could not be evaluated (databases.md §13.3). */
export class FilterError extends Error {
  override readonly name = "FilterError";
  constructor(reason: string) {
    super(`lance error: Invalid user input: ${reason}`);
  }
}
