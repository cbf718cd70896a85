/**
 * Banned patterns in shipped code and in tests. An exception says why on its line or the line above:
 * `// allowed: <reason>` (at least ten letters of it). For a swallowed error any comment there will do.
 * @module
 */

interface Rule {
  readonly pattern: RegExp;
  readonly where: (file: string) => boolean;
  readonly why: string;
  /** A comment on the line or above it is reason enough. */
  readonly explained?: boolean;
}

const shipped = (file: string): boolean =>
  /^(src|worker)\//.test(file) && !/\.(?:test|property)\.ts$/.test(file) && !file.startsWith("src/testing/");
const outsideNode = (file: string): boolean =>
  shipped(file) && !/^src\/(?:cli|bridge|platforms\/node)\b(?!-)/.test(file);
/** What one process, page or isolate may run twice; a script with a worker or a process of its own is not. */
const shared = (file: string): boolean => shipped(file) && /^src\/.*\.ts$/.test(file);
const tests = (file: string): boolean => file.startsWith("test/") || /\.(?:test|property)\.ts$/.test(file);
const everywhere = (): boolean => true;

const rules: readonly Rule[] = [
  // A method of that name, called or declared, runs Lua.
  {
    pattern:
      /(?<![.#\w])eval\s*\((?!code: )|\b(?:globalThis|window|self)\.eval\b|\bnew Function\b|\bFunction\s*\(\s*["'`]/,
    where: shipped,
    why: "runs text as code",
  },
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
  {
    pattern: /^(?:export )?let\s|^(?:export )?const \w+(?::[^=]+)? = new (?:Weak)?(?:Map|Set)(?:<.*>)?\(\);/,
    where: shared,
    why: "is state that no constructor shows; give it from outside (a pure memo: base/once-per.ts)",
  },
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
  {
    pattern: /toMatchObject\(.*: \/[^/]/,
    where: tests,
    why: "matches anything: an expression is an object without members here; use expect.stringMatching",
  },
];

const allowed = /\/\/\s*allowed:\s*\S.{9,}/;

const explained = (line: string, above = ""): boolean =>
  /\/\/\s*\S.{9,}/.test(line) || /^\s*(?:\/\/|\*).{10,}/.test(above);

/** One line per violation. */
export function lintText(file: string, text: string): string[] {
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
