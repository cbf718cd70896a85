import { answer, type ShellCommand } from "./command.ts";

/** Options by which the names given are not sorted, or not by name. */
const ordering = /^-[a-zA-Z]*[tSUrf]/;
const wholeFolders = /^(?:-[a-zA-Z]*d[a-zA-Z]*|--directory)$/;

/** `ls` of several names: files one below the other, folders under their names. The package's own puts a blank line between all. */
export const lsCommand: ShellCommand = {
  name: "ls",
  execute: async (args, context) => {
    const { origCommand: original, fs, cwd } = context;
    if (!original) throw new Error("the shell has no ls of its own");
    const end = args.indexOf("--");
    const isOption = (arg: string, i: number) => (end < 0 || i < end) && arg.startsWith("-") && arg !== "-";
    const options = args.filter(isOption);
    const names = args.filter((arg, i) => !isOption(arg, i) && i !== end);
    if (names.length < 2) return original([...args]);
    const plain = options.some((option) => wholeFolders.test(option));
    const kinds = await Promise.all(
      names.map((name) =>
        fs.stat(fs.resolvePath(cwd, name)).then(
          ({ isDirectory }) => isDirectory,
          () => false,
        ),
      ),
    );
    const folders = names.filter((_, i) => kinds[i] && !plain);
    const files = names.filter((_, i) => !kinds[i] || plain);
    if (files.length === 0) return original([...args]);
    if (!options.some((option) => ordering.test(option))) files.sort();
    const total = { stdout: "", stderr: "", exitCode: 0 };
    const add = async (some: readonly string[], before = "") => {
      const { stdout, stderr, exitCode } = await original([...options, "--", ...some]);
      total.stdout += stdout === "" ? "" : before + stdout;
      total.stderr += stderr;
      total.exitCode = Math.max(total.exitCode, exitCode);
    };
    for (const name of files) await add([name]);
    const gap = total.stdout === "" ? "" : "\n";
    if (folders.length > 0) await add(folders, folders.length === 1 ? `${gap}${folders[0]}:\n` : gap);
    return answer(total);
  },
};
