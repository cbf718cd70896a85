export interface TarOptions {
  readonly mode: "create" | "extract" | "list";
  /** `-`: standard output or input. */
  readonly archive: string;
  readonly gzip: boolean;
  readonly verbose: boolean;
  readonly toStdout: boolean;
  readonly directory: string;
  /** Leading parts of names to leave out. */
  readonly strip: number;
  readonly members: readonly string[];
  excluded(name: string): boolean;
}

/** The command line makes no sense. */
export class TarUsage extends Error {}

const longNames: Readonly<Record<string, string>> = {
  create: "c",
  extract: "x",
  get: "x",
  list: "t",
  file: "f",
  gzip: "z",
  gunzip: "z",
  verbose: "v",
  directory: "C",
  "to-stdout": "O",
  exclude: "exclude",
  "strip-components": "strip-components",
};
const withValue = new Set(["f", "C", "exclude", "strip-components"]);
const known = new Set([..."cxtfzvCOpkmoa", "exclude", "strip-components"]);

/** @throws TarUsage */
export function tarOptions(args: readonly string[]): TarOptions {
  const flags = new Map<string, string[]>();
  const members: string[] = [];
  const queue = [...args];
  const take = (flag: string, value?: string) => {
    if (!known.has(flag)) throw new TarUsage(`invalid option -- '${flag}'`);
    const values = flags.get(flag) ?? [];
    flags.set(flag, values);
    if (!withValue.has(flag)) return;
    const given = value ?? queue.shift();
    if (given === undefined) throw new TarUsage(`option requires an argument -- '${flag}'`);
    values.push(given);
  };
  // The old style: the first word is letters without a dash, their values follow it in turn.
  if (queue[0] !== undefined && /^[A-Za-z]+$/.test(queue[0])) for (const letter of queue.shift() ?? "") take(letter);
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word === "--") {
      members.push(...queue.splice(0));
    } else if (word.startsWith("--")) {
      const [name = "", ...value] = word.slice(2).split("=");
      take(longNames[name] ?? name, value.length > 0 ? value.join("=") : undefined);
    } else if (word.startsWith("-") && word !== "-") {
      // `-C/dir` and `-C /dir`: a value is the rest of its word or the next one.
      const cut = [...word].findIndex((letter, index) => index > 0 && withValue.has(letter));
      for (const letter of cut < 0 ? word.slice(1) : word.slice(1, cut)) take(letter);
      if (cut > 0) take(word[cut] ?? "", word.slice(cut + 1) || undefined);
    } else {
      members.push(word);
    }
  }
  const modes = (["c", "x", "t"] as const).filter((mode) => flags.has(mode));
  const [mode] = modes;
  if (mode === undefined || modes.length > 1) throw new TarUsage("You must specify one of -c, -x or -t");
  const patterns = (flags.get("exclude") ?? []).map(globPattern);
  return {
    mode: { c: "create", x: "extract", t: "list" }[mode] as TarOptions["mode"],
    archive: flags.get("f")?.at(-1) ?? "-",
    gzip: flags.has("z"),
    verbose: flags.has("v"),
    toStdout: flags.has("O"),
    directory: flags.get("C")?.at(-1) ?? ".",
    strip: Number(flags.get("strip-components")?.at(-1) ?? 0) || 0,
    members,
    excluded: (name) => patterns.some((pattern) => pattern.test(name.replace(/\/$/, ""))),
  };
}

function globPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`(?:^|/)${source}$`);
}
