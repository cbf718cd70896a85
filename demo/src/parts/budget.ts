/** What a page shows of a text at once: more would hold it for seconds. */
export const shownCharacters = 64_000;

/** The text up to about `limit` characters, at the end of a line where one is near. */
export function beginningOf(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const line = text.lastIndexOf("\n", limit);
  return text.slice(0, line > limit / 2 ? line : limit);
}
