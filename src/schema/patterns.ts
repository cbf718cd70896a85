/**
 * Regular expressions of schemas, run in linear time: an expression of nine characters keeps an engine that backtracks busy
 * for ever.
 * @module
 */
import { refuseLargePattern } from "../base/text/pattern-size.ts";
import type { Re2 } from "../base/text/re2.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Pattern } from "./interface.ts";
import { patternComplaint, unsupportedIn } from "./unsupported.ts";
import type { Work } from "./work.ts";

/** Compiling takes some microseconds a character, in one go. */
const longestPattern = 8 * 1024;
const patternUnits = 300;
/** Instructions of the expression times characters of a text: what one search may take, for nothing interrupts it. */
const mostSteps = 2 ** 23;
/** A few nanoseconds each for most expressions, and ten times that for those made to be slow. */
const stepUnits = 4;

/** @param at JSON pointer of the keyword @throws LuaSkillsError `invalid_argument` (data: `pattern`, `path`) */
export function compilePattern({ RE2JS }: Re2, source: string, at: string, work: Work): Pattern {
  work.spend(patternUnits * source.length);
  let expression: InstanceType<Re2["RE2JS"]>;
  try {
    if (source.length > longestPattern) throw new Error(`it is longer than ${longestPattern} characters`);
    const unsupported = unsupportedIn(source);
    if (unsupported !== undefined) throw new Error(unsupported);
    refuseLargePattern(source);
    expression = RE2JS.compile(RE2JS.translateRegExp(inRe2(source)), RE2JS.LOOKBEHINDS);
  } catch (error) {
    throw new LuaSkillsError("invalid_argument", patternComplaint(source, at, reasonOf(error)), {
      data: { pattern: source, path: at },
      cause: error,
    });
  }
  const size = expression.programSize();
  return {
    test(text, work) {
      const steps = size * text.length;
      if (steps > mostSteps) throw tooLong(source, text.length);
      work.spend(stepUnits * steps);
      return expression.test(text);
    },
  };
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^error parsing regexp: /, "");
}

function tooLong(source: string, length: number): LuaSkillsError {
  return new LuaSkillsError(
    "budget_exceeded",
    `a text of ${length} characters is too long for the pattern ${JSON.stringify(source.slice(0, 80))}; say maxLength, or use a smaller pattern`,
  );
}

/** What a blank is for ECMAScript, and for RE2 only in part. */
const blanks = String.raw`\t-\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}`;
const categories: Readonly<Record<string, string>> = {
  Letter: "L",
  Lowercase_Letter: "Ll",
  Uppercase_Letter: "Lu",
  Number: "N",
  Decimal_Number: "Nd",
  Punctuation: "P",
  Symbol: "S",
  Separator: "Z",
};

/** What RE2 says in other words; the syntax is that of ECMAScript, which schemas use. */
function inRe2(source: string): string {
  let inClass = false;
  return source.replaceAll(/\\[pP]\{[^}]*\}|\\[\s\S]|[[\].]/g, (part) => {
    if (part === "[") inClass = true;
    else if (part === "]") inClass = false;
    else if (part === "." && !inClass) return String.raw`[^\n\r\x{2028}\x{2029}]`;
    else if (part === "\\s") return inClass ? blanks : `[${blanks}]`;
    else if (part === "\\S" && !inClass) return `[^${blanks}]`;
    else if (/^\\[pP]\{/.test(part)) {
      const [, start = "", name = ""] =
        /^(\\[pP]\{)(?:(?:Script|sc|Script_Extensions|scx|General_Category|gc)=)?(.*)\}$/.exec(part) ?? [];
      return `${start}${categories[name] ?? name}}`;
    }
    return part;
  });
}
