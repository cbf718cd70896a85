/**
 * Patterns of actions and resources: `*` stands for any run of characters, everything else for itself. `doc.*` needs the
 * dot. Matching is linear in the text for every pattern.
 * @module
 */
export type TextTest = (text: string) => boolean;

/** A pattern taken apart once. */
function patternTest(pattern: string): TextTest {
  if (pattern === "*") return () => true;
  const parts = pattern.split("*");
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return (text) => text === pattern;
  const last = rest[rest.length - 1] ?? "";
  if (rest.length === 1 && last === "") return (text) => text.startsWith(first);
  const inner = parts.slice(1, -1);
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of inner) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** Whether one of the patterns matches; for whoever asks the same ones again. */
export function anyOf(patterns: readonly string[]): TextTest {
  const tests = patterns.map(patternTest);
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (text) => tests.some((test) => test(text));
}

export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => patternTest(pattern)(text));
}
