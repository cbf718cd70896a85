/**
 * A file that a comment names is there: `(open-processes.ts)`, `scripts/build/entries.ts`. What stands between backticks or quotes is an
 * example and may be anything.
 * @module
 */

const comment = /(?:\/\/|\/\*\*?|^\s*\*|^\s*;;|--)(.*)$/;
const named = /(?<![\w@:"'/.-])(?:\.{1,2}\/)*((?:[\w-]+\/)*[\w-]+(?:\.[\w-]+)*\.(?:ts|tsx|mjs|lua|wat))\b(?!["'?])/g;

/** One line for each name that no file of the repository ends with. */
export function brokenFileReferences(file: string, text: string, files: readonly string[]): string[] {
  return text.split("\n").flatMap((line, index) => {
    const said = (comment.exec(line)?.[1] ?? "").replaceAll(/`[^`]*`/g, "");
    return [...said.matchAll(named)]
      .map(([, name = ""]) => name)
      .filter(
        (name) => !name.startsWith("vulcan.") && !files.some((each) => each === name || each.endsWith(`/${name}`)),
      )
      .map((name) => `${file}:${index + 1}: there is no ${name}`);
  });
}
