// npm run lint, after Biome: the laws of the house. Prints every violation. Last line: `N passed, N failed`.
import { lintText } from "./banned-patterns.ts";
import { brokenFileReferences } from "./file-references.ts";
import { shapeProblems, strayHelpers } from "./house-shape.ts";
import { lawProblems, unknownRooms, unmappedRooms } from "./import-law.ts";
import { importsOf } from "./imports.ts";
import { brokenReferences, sectionsOf } from "./section-references.ts";
import { type SourceFile, sourceFiles } from "./source-files.ts";
import { unusedExports } from "./unused-exports.ts";

const baseName = (file: string): string => file.slice(file.lastIndexOf("/") + 1);
const isTest = (file: string): boolean => /\.(test|property)\.ts$/.test(file);

const sources = (await sourceFiles(["src"], /\.ts$/)).filter(({ file }) => !file.endsWith(".d.ts"));
const shipped = sources.filter(({ file }) => !isTest(file));
/** What people write and read, in all languages. Data of tests are none of it. */
const written = (
  await sourceFiles(["src", "worker", "test", "demo", "scripts", "bench"], /\.(ts|tsx|mjs|lua)$/)
).filter(({ file }) => !/\/(?:fixtures|results|luajit)\//.test(file) && !file.endsWith(".d.ts"));
const code = await sourceFiles(["src", "worker", "test", "demo", "scripts", "bench"], /\.(ts|mjs)$/);
const texts = await sourceFiles(
  [
    ...["src", "worker", "test", "bench", "demo", "scripts", "types", "docs", "examples"],
    ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "AGENTS.md"],
  ],
  /\.(ts|tsx|mjs|lua|md|yaml|wat|html|css)$/,
);
const documents = new Map(
  texts
    .filter(({ file }) => file.startsWith("docs/spec/") || file === "docs/architecture.md")
    .map(({ file, text }) => [baseName(file), sectionsOf(text)]),
);
/** Where a forbidden pattern or a broken reference is written down on purpose. */
const examples = (file: string): boolean => /^scripts\/check\/(banned-patterns|section-references)/.test(file);

const checks: Readonly<Record<string, () => string[] | Promise<string[]>>> = {
  "import law": () => [
    ...unknownRooms(sources.map(({ file }) => file)),
    ...texts.filter(({ file }) => file === "CONTRIBUTING.md").flatMap(({ text }) => unmappedRooms(text)),
    ...shipped.flatMap(({ file, text }) => lawProblems(file, importsOf(text))),
  ],
  "shape of the house": () => [...shapeProblems(written.map(sized)), ...strayHelpers(sources.map(({ file }) => file))],
  "banned patterns": () => code.filter(({ file }) => !examples(file)).flatMap(({ file, text }) => lintText(file, text)),
  "references to sections": () =>
    texts.filter(({ file }) => !examples(file)).flatMap(({ file, text }) => brokenReferences(file, text, documents)),
  "names of files in comments": () => {
    const names = texts.map(({ file }) => file);
    return texts
      .filter(({ file }) => /\.(ts|tsx|mjs|lua|wat)$/.test(file) && !isTest(file))
      .flatMap(({ file, text }) => brokenFileReferences(file, text, names));
  },
  "unused exports": unusedExports,
};

function sized({ file, text }: SourceFile) {
  return { file, lines: text.split("\n").length - 1 };
}

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const problems = await check();
  console.log(`${problems.length === 0 ? "ok" : "FAILED"} ${name}`);
  for (const problem of problems) console.error(`  ${problem}`);
  if (problems.length > 0) failed += 1;
}
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
