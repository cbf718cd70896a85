import { answer, type ShellCommand } from "./command.ts";

/** Options of the real program that change how it looks or works, not what it finds. */
const ignored =
  /^--(?:color|colors|threads|engine|heading|no-heading|messages|no-messages|max-columns|max-columns-preview|no-config|no-mmap|mmap|pcre2|auto-hybrid-regex|line-buffered|block-buffered)(?:=.*)?$/;
/** Of them, those with a value that may be the next word. */
const withValue = new Set(["--color", "--colors", "--threads", "-j", "--engine", "--max-columns", "-M"]);
/** With any of these the real program numbers lines, or leaves it to what they say. */
const numbering =
  /^(?:-[a-zA-Z]*[nNpcl]|--(?:line-number|no-line-number|column|vimgrep|pretty|json|count|files|stats))/;

/**
 * `rg` as scripts call it: the shell's own refuses options that a program in a terminal or with threads would need. A pattern
 * for PCRE2 is read as any other; one that needs what only PCRE2 has fails as a bad pattern.
 */
export const ripgrepCommand: ShellCommand = {
  name: "rg",
  execute: async (args, context) => {
    const original = context.origCommand;
    if (!original) throw new Error("the shell has no rg of its own");
    if (args[0] === "--version" || args[0] === "-V") return answer({ stdout: "ripgrep 14.1.1 (of luaskills-wasm)\n" });
    // Only in a terminal the real program numbers lines by itself.
    const unnumbered = args.some((arg) => numbering.test(arg)) ? [] : ["-N"];
    return original([...unnumbered, ...understood(args)]);
  },
};

function understood(args: readonly string[]): string[] {
  const kept: string[] = [];
  const wanted: string[] = [];
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  for (let i = 0; i < options.length; i++) {
    const arg = options[i] ?? "";
    const glob = arg === "-g" || arg === "--glob" ? options[++i] : /^--glob=(.*)$/s.exec(arg)?.[1];
    if (glob !== undefined) {
      if (glob.startsWith("!")) kept.push("--glob", glob);
      else wanted.push(glob);
    } else if (withValue.has(arg)) i += 1;
    else if (arg !== "-P" && !ignored.test(arg)) kept.push(arg);
  }
  return [...oneOf(wanted.flatMap(alternatives)), ...kept, ...args.slice(options.length)];
}

/**
 * One of the globs is enough for the real program; the shell's own wants all of them. Of the names in a type of file one is
 * enough for both.
 */
function oneOf(globs: readonly string[]): string[] {
  if (globs.length < 2 || globs.some((glob) => glob.includes("/"))) return globs.flatMap((glob) => ["--glob", glob]);
  return [...globs.flatMap((glob) => ["--type-add", `wanted:${glob}`]), "--type", "wanted"];
}

/** `*.{js,ts}` → `*.js`, `*.ts`: the shell's own knows no braces. */
function alternatives(glob: string): string[] {
  const [whole, before = "", list = "", after = ""] = /^([^{}]*)\{([^{}]*)\}(.*)$/s.exec(glob) ?? [];
  if (whole === undefined) return [glob];
  return list.split(",").flatMap((each) => alternatives(before + each + after));
}
