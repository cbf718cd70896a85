/**
 * How large a regular expression becomes when its counted repetitions are written out, which is what an engine in linear
 * time does: a few characters can ask for a million instructions, and each costs time for every character it is held against.
 * @module
 */

/** Compiling so many takes some 50 ms. */
const mostParts = 5000;

const escaped = String.raw`\\(?:[pPx]\{[^}]*\}|x[0-9a-fA-F]{2}|u\{[^}]*\}|u[0-9a-fA-F]{4}|[\s\S])`;
const characterClass = String.raw`\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]?`;
const counted = String.raw`\{(\d+)(?:,(\d*))?\}`;
const opening = String.raw`\((?:\?(?:<[=!]|P?<\w+>|[\w-]*:|[=!]))?`;
const part = new RegExp(`${escaped}|${characterClass}|${counted}|${opening}|[\\s\\S]`, "g");

/** @throws Error when it is larger than such an engine compiles in a moment */
export function refuseLargePattern(pattern: string): void {
  if (partsOf(pattern) > mostParts) {
    throw new Error(
      `its counted repetitions make it larger than ${mostParts} parts; count less, or repeat with * or +`,
    );
  }
}

/** Characters, classes and groups, each as often as it is repeated. */
function partsOf(pattern: string): number {
  /** Of the groups that are open. */
  const outer: number[] = [];
  let whole = 0;
  let last = 0;
  for (const [text, least, most] of pattern.matchAll(part)) {
    if (least !== undefined) {
      const times = Math.max(1, Number(least), Number(most ?? 0));
      whole += last * (times - 1);
      last *= times;
    } else if (text.startsWith("(")) {
      outer.push(whole);
      whole = 0;
      last = 0;
    } else if (text === ")") {
      last = whole + 1;
      whole = (outer.pop() ?? 0) + last;
    } else {
      last = 1;
      whole++;
    }
  }
  return outer.reduce((sum, each) => sum + each, whole);
}
