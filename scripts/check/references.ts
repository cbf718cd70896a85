// Fails on a `§` that leads to no heading of this clone.
import { brokenReferences, sectionsOf } from "./section-references.ts";
import { sourceFiles } from "./source-files.ts";

const documents = new Map(
  (await sourceFiles(["docs/spec", "docs/architecture.md"], /\.md$/)).map(({ file, text }) => [
    file.slice(file.lastIndexOf("/") + 1),
    sectionsOf(text),
  ]),
);
const places = ["src", "worker", "test", "bench", "demo", "scripts", "types", "docs", "examples", "README.md"];
const read = (await sourceFiles([...places, "CONTRIBUTING.md", "CHANGELOG.md"], /\.(ts|tsx|mjs|lua|md|yaml|wat|json)$/))
  .filter(({ file }) => !file.startsWith("scripts/check/section-references"))
  .filter(({ file }) => !file.startsWith("test/conformance/results/"));
const problems = read.flatMap(({ file, text }) => brokenReferences(file, text, documents));
for (const problem of problems) console.error(problem);
console.log(`references: ${read.length} files, ${problems.length} lead nowhere`);
process.exit(problems.length > 0 ? 1 : 0);
