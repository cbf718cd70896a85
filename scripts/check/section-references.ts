/**
 * Every `§` of the repository leads to a heading of this clone: `vulcan-api.md §7.1` to docs/spec/vulcan-api.md, `architecture.md §3` to
 * docs/architecture.md. A bare `§7.2` means the document named last above it in the same file.
 * @module
 */

/** Numbers of the headings of a document: `## 7. Title` is 7, `### 7.1 Title` is 7.1. */
export function sectionsOf(markdown: string): ReadonlySet<string> {
  const numbers = [...markdown.matchAll(/^#{2,4} (\d+(?:\.\d+)*)\.? /gm)].map((match) => match[1] ?? "");
  return new Set(numbers);
}

/** One line for each reference that leads nowhere. `documents`: sections by file name. */
export function brokenReferences(
  file: string,
  text: string,
  documents: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const problems: string[] = [];
  const own = documents.has(baseName(file)) ? baseName(file) : undefined;
  let current = own;
  for (const [index, line] of text.split("\n").entries()) {
    if (own !== undefined) current = own;
    const where = `${file}:${index + 1}`;
    for (const [, name, section] of line.matchAll(/([\w-]+\.md)\b|§ ?(\d+(?:\.\d+)*)?/g)) {
      if (name !== undefined) {
        if (documents.has(name)) current = name;
        else if (line.includes(`${name} §`))
          problems.push(`${where}: there is no ${name} with numbered sections in docs/`);
        continue;
      }
      if (section === undefined) continue;
      if (current === undefined)
        problems.push(`${where}: §${section} of which document? Name it before: engine.md §${section}`);
      else if (!documents.get(current)?.has(section)) problems.push(`${where}: ${current} has no section ${section}`);
    }
  }
  return problems;
}

const baseName = (file: string): string => file.slice(file.lastIndexOf("/") + 1);
