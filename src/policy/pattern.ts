/**
 * Patterns of actions and resources: `*` stands for any run of characters, everything else for itself. `doc.*` needs the
 * dot. Matching is linear in the text for every pattern.
 * @module
 */
function matchesPattern(pattern: string, text: string): boolean {
  if (pattern === "*" || pattern === text) return true;
  const parts = partsOf(pattern);
  if (parts.length === 1) return false;
  const first = parts[0] ?? "";
  const last = parts[parts.length - 1] ?? "";
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern, text));
}

const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 1_000;

/** A policy is asked again and again. */
function partsOf(pattern: string): readonly string[] {
  let parts = known.get(pattern);
  if (!parts) {
    parts = pattern.split("*");
    // Guests may make policies; what they make is forgotten again.
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(pattern, parts);
  }
  return parts;
}
