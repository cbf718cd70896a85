/**
 * Regular expressions of schemas, run in linear time: an expression of nine characters keeps an engine that backtracks busy
 * for ever.
 * @module
 */
import { messageOf } from "../base/message-of.ts";
import { compileMetered, type Re2 } from "../base/text/metered-re2.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Pattern } from "./interface.ts";
import { patternComplaint, unsupportedIn } from "./unsupported.ts";

/** @param at JSON pointer of the keyword @throws LuaSkillsError `invalid_argument` (data: `pattern`, `path`) */
export function compilePattern(re2: Re2, source: string, at: string): Pattern {
  try {
    const unsupported = unsupportedIn(source);
    if (unsupported !== undefined) throw new Error(unsupported);
    const text = re2.RE2JS.translateRegExp(inRe2(source));
    const expression = compileMetered(re2, text, "it", re2.RE2JS.LOOKBEHINDS);
    return { test: (text) => expression.matcher(text).find() };
  } catch (error) {
    if (error instanceof LuaSkillsError) throw error;
    const reason = messageOf(error).replace(/^error parsing regexp: /, "");
    throw new LuaSkillsError("invalid_argument", patternComplaint(source, at, reason), {
      data: { pattern: source, path: at },
      cause: error,
    });
  }
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
  return source.replaceAll(/\\[pP]\{[^}]*\}|\\[\s\S]|[[\]]/g, (part) => {
    if (part === "[") inClass = true;
    else if (part === "]") inClass = false;
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
