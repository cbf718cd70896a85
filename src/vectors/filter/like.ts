import { charge } from "../../base/work.ts";

type Part = { readonly any: "many" | "one" } | { readonly char: string };

/**
 * A LIKE pattern as a test. `%` is any text, `_` one character; `escape` (a backslash unless told otherwise) makes the next
 * character literal. Time grows with pattern times text, never faster.
 */
export function likePattern(
  pattern: string,
  options: { ignoreCase: boolean; escape?: string },
): (text: string) => boolean {
  const fold = (text: string) => (options.ignoreCase ? text.toLowerCase() : text);
  const parts = parse([...fold(pattern)], options.escape ?? "\\");
  return (text) => matches(parts, [...fold(text)]);
}

function parse(pattern: readonly string[], escapeCharacter: string): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? "";
    const next = pattern[i + 1];
    if (char === escapeCharacter && next !== undefined) {
      parts.push({ char: next });
      i++;
    } else {
      parts.push(char === "%" ? { any: "many" } : char === "_" ? { any: "one" } : { char });
    }
  }
  return parts;
}

/** The classic walk: on a mismatch the last `%` takes one character more. */
function matches(parts: readonly Part[], text: readonly string[]): boolean {
  let [at, part] = [0, 0];
  let [retryAt, retryPart] = [-1, -1];
  for (let steps = 1; at < text.length; steps++) {
    if ((steps & 0xfff) === 0) charge(0x1000);
    const wanted = parts[part];
    if (wanted && "any" in wanted && wanted.any === "many") {
      retryPart = part++;
      retryAt = at;
    } else if (wanted && ("any" in wanted || wanted.char === text[at])) {
      part++;
      at++;
    } else if (retryPart >= 0) {
      part = retryPart + 1;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => "any" in rest && rest.any === "many");
}
