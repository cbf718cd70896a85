/**
 * What patterns in linear time cannot do, found without the engine that runs them.
 * @module
 */

/** What is not supported, or undefined. */
export function unsupportedIn(pattern: string): string | undefined {
  const outside = pattern.replaceAll(/\\[^1-9k]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]/g, "");
  const why = "is not supported, because patterns run in linear time and do not backtrack";
  if (/\(\?[=!]/.test(outside)) return `look-ahead ${why}`;
  // The engine would call it a mistake of syntax, or take it for a letter.
  return /\\(?:[1-9]|k<)/.test(outside) ? `a back reference ${why}` : undefined;
}

/** @param at JSON pointer of the keyword */
export function patternComplaint(pattern: string, at: string, reason: string): string {
  const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
  return `the pattern ${JSON.stringify(shown)} at ${at} cannot be used: ${reason}`;
}
