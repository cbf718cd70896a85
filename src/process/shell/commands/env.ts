import { quoteAll } from "../quote.ts";
import type { ShellCommand } from "./command.ts";

const assignment = /^([A-Za-z_]\w*)=(.*)$/s;
const defaultPath = "/usr/bin:/bin";

/** `env` whose variables reach what a shell it starts reads: the package's own passes them to the command alone. */
export const envCommand: ShellCommand = {
  name: "env",
  execute: async (args, context) => {
    const { origCommand: original, exec, execWithInheritedStdin: start = exec, cwd, signal } = context;
    if (!original || !start) throw new Error("the shell has no env of its own");
    const assigned: string[] = [];
    const removed: string[] = [];
    let bare = false;
    let at = 0;
    for (; at < args.length; at++) {
      const arg = args[at] ?? "";
      const [, name, value = ""] = assignment.exec(arg) ?? [];
      const unset = arg === "-u" ? args[++at] : /^--unset=(.*)$/s.exec(arg)?.[1];
      if (unset !== undefined) removed.push(unset);
      else if (arg === "-" || arg === "-i" || arg === "--ignore-environment") bare = true;
      else if (name !== undefined) assigned.push(`${name}=${quoteAll([value])}`);
      else break;
    }
    const command = args.slice(at);
    if (command.length === 0 || command[0]?.startsWith("-")) return original([...args]);
    const unsetting = removed.length > 0 ? `unset -v ${quoteAll(removed)}; ` : "";
    return start(`${unsetting}${[...assigned, quoteAll(command)].join(" ")}`, {
      cwd,
      ...(signal ? { signal } : {}),
      ...(bare ? { replaceEnv: true, env: { PATH: defaultPath } } : {}),
    });
  },
};
