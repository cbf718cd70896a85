/** JSON pointers as URI fragments: `/$defs/a~1b`. */

export function formatPointer(path: readonly string[]): string {
  return `#${path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")}`;
}

/** What cannot be decoded stays as it is. */
export function parsePointer(fragment: string): string[] {
  return fragment
    .split("/")
    .slice(1)
    .map((step) => decoded(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
