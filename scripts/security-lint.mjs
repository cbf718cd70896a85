// Banned patterns in shipped code and in tests. An exception says why on its line or the line above:
// `// allowed: <reason>` (at least ten letters of it). For a swallowed error any comment there will do.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { root } from "./bundle.mjs";

const shipped = (file) =>
  /^(src|worker)\//.test(file) && !file.endsWith(".test.ts") && !file.startsWith("src/testing/");
const outsideNode = (file) => shipped(file) && !/^src\/(?:cli|bridge|edge\/node)\b(?!-)/.test(file);
const tests = (file) => file.startsWith("test/") || file.endsWith(".test.ts");
const everywhere = () => true;

/** @type {readonly { pattern: RegExp, where: (file: string) => boolean, why: string, explained?: boolean }[]} */
export const rules = [
  { pattern: /\beval\s*\(|\bnew Function\b|\bFunction\s*\(\s*["'`]/, where: shipped, why: "runs text as code" },
  { pattern: /\bset(?:Timeout|Interval)\s*\(\s*["'`]/, where: shipped, why: "runs text as code" },
  {
    pattern: /\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write/,
    where: everywhere,
    why: "puts text into a page as markup; use textContent",
  },
  {
    pattern: /\.__proto__\b|\["__proto__"\]\s*=|Object\.setPrototypeOf\(/,
    where: shipped,
    why: "changes prototypes; use Map or Object.create(null)",
  },
  {
    pattern: /\bfor\s*\(\s*(?:const|let|var)\s+\w+\s+in\s/,
    where: shipped,
    why: "walks the prototype chain; use Object.keys",
  },
  {
    pattern: /\w\s+in\s+(?:args|params|request|input|options\.env)\b/,
    where: shipped,
    why: "sees the prototype chain; use Object.hasOwn",
  },
  {
    pattern: /\bcatch\s*(?:\(\w*\)\s*)?\{\s*\}/,
    explained: true,
    where: shipped,
    why: "swallows an error; handle it or say why it cannot matter",
  },
  {
    pattern: /\.catch\(\s*\(\)\s*=>\s*\{\s*\}\s*\)/,
    explained: true,
    where: shipped,
    why: "swallows an error; handle it or say why it cannot matter",
  },
  { pattern: /@ts-(?:ignore|nocheck)|\bas any\b/, where: everywhere, why: "turns the compiler off" },
  { pattern: /\bMath\.random\(/, where: shipped, why: "is predictable; use crypto.getRandomValues" },
  { pattern: /postMessage\([^)]*,\s*["']\*["']/, where: shipped, why: "posts to any origin" },
  { pattern: /\bconsole\.\w+\(/, where: outsideNode, why: "writes to the host's console; raise an event" },
  { pattern: /^\s*(?:await )?using\s+\w+\s*=/, where: outsideNode, why: "is a syntax error in WebKit 2.50" },
  { pattern: /https?:\/\/[\w.-]*(?:cdn|unpkg|jsdelivr|esm\.sh)/, where: shipped, why: "loads code from a third party" },
  {
    pattern: /\b(?:test|it|describe)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(/,
    where: tests,
    why: "leaves tests out",
  },
];

const allowed = /\/\/\s*allowed:\s*\S.{9,}/;

const explained = (line, above = "") => /\/\/\s*\S.{9,}/.test(line) || /^\s*(?:\/\/|\*).{10,}/.test(above);

/** @returns {string[]} one line per violation */
export function lintText(file, text) {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (allowed.test(line) || allowed.test(lines[i - 1] ?? "")) return [];
    if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) return [];
    return rules
      .filter(
        (rule) => rule.where(file) && rule.pattern.test(line) && !(rule.explained && explained(line, lines[i - 1])),
      )
      .map((rule) => `${file}:${i + 1}: ${rule.why}: ${line.trim()}`);
  });
}

if (process.argv[1] && path.resolve(process.argv[1]) === path.join(root, "scripts/security-lint.mjs")) {
  const folders = ["src", "worker", "test", "demo", "scripts", "bench"];
  const problems = [];
  let count = 0;
  for (const folder of folders) {
    const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || !/\.(ts|mjs)$/.test(entry.name) || entry.name.startsWith("security-lint")) continue;
      const file = path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/");
      problems.push(...lintText(file, await readFile(path.join(root, file), "utf8")));
      count++;
    }
  }
  for (const problem of problems) console.error(problem);
  console.log(`security lint: ${count} files, ${problems.length} violations`);
  process.exit(problems.length > 0 ? 1 : 0);
}
