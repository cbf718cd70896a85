import type { ShellCommand } from "./command.ts";

const unchanged = " ";
/** Options that name another format, or compare more than two files. */
const ofTheShell = /^(?:-\w*[uUcCqsyrD]|--(?:unified|context|brief|side-by-side|recursive|report))/;

/** `diff` in its normal format, made of the unified one, which is all the shell's own knows. */
export const diffCommand: ShellCommand = {
  name: "diff",
  execute: async (args, { origCommand: original }) => {
    if (!original) throw new Error("the shell has no diff of its own");
    const result = await original([...args]);
    // A line that no diff writes stands above the names.
    const unified = String(result.stdout).replace(/^=+\n(?=--- )/, "");
    if (!unified.startsWith("--- ")) return result;
    return { ...result, stdout: args.some((arg) => ofTheShell.test(arg)) ? unified : normal(unified) };
  },
};

function normal(unified: string): string {
  let out = "";
  let old = 1;
  let now = 1;
  let removed: string[] = [];
  let added: string[] = [];
  let last = removed;
  const flush = () => {
    const [from, to] = [old - count(removed), now - count(added)];
    if (removed.length > 0 && added.length > 0) out += `${range(from, old)}c${range(to, now)}\n`;
    else if (removed.length > 0) out += `${range(from, old)}d${now - 1}\n`;
    else if (added.length > 0) out += `${old - 1}a${range(to, now)}\n`;
    out += removed.join("");
    if (removed.length > 0 && added.length > 0) out += "---\n";
    out += added.join("");
    removed = [];
    added = [];
    last = removed;
  };
  // The two names, and what stands behind the last line end.
  for (const line of unified.split("\n").slice(2, -1)) {
    const [, a, aCount, b, bCount] = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (a !== undefined) {
      flush();
      old = Number(a) + (aCount === "0" ? 1 : 0);
      now = Number(b) + (bCount === "0" ? 1 : 0);
    } else if (line.startsWith("-")) {
      removed.push(`< ${line.slice(1)}\n`);
      last = removed;
      old += 1;
    } else if (line.startsWith("+")) {
      added.push(`> ${line.slice(1)}\n`);
      last = added;
      now += 1;
    } else if (line.startsWith("\\")) {
      if (last.length > 0) last.push(`${line}\n`);
    } else if (line === "" || line.startsWith(unchanged)) {
      flush();
      old += 1;
      now += 1;
    }
  }
  flush();
  return out;
}

/** Lines, without the notes about a missing line end. */
const count = (lines: readonly string[]) => lines.filter((line) => !line.startsWith("\\")).length;

const range = (from: number, end: number) => (end - from > 1 ? `${from},${end - 1}` : String(from));
