/** What a skill without a binding hears (databases.md §1). */
export function notEnabled(): Error {
  return new Error("current skill has not enabled sqlite");
}
