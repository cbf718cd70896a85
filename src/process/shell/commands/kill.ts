import type { RunWatch } from "../run-watch.ts";
import { answer, type ShellCommand } from "./command.ts";

const signals = new Map([
  ["HUP", 1],
  ["INT", 2],
  ["QUIT", 3],
  ["KILL", 9],
  ["TERM", 15],
]);

/** The only process of a shell is the shell: `kill $$` ends the run as a signal does. */
export function killCommand(pid: number, watch: RunWatch): ShellCommand {
  return {
    name: "kill",
    execute: async (args) => {
      if (args[0] === "-l") return answer({ stdout: `${[...signals.keys()].join(" ")}\n` });
      const { signal, targets } = parse(args);
      if (signal === undefined || targets.length === 0) {
        return answer({ stderr: "kill: usage: kill [-s sigspec | -sigspec] pid ...\n", exitCode: 2 });
      }
      let failed = "";
      for (const target of targets) {
        if (target !== String(pid) && target !== "0") failed += `bash: kill: (${target}) - No such process\n`;
        else if (signal !== 0) watch.end("killed");
      }
      return answer({ stderr: failed, exitCode: failed === "" ? 0 : 1 });
    },
  };
}

function parse(args: readonly string[]): { signal: number | undefined; targets: readonly string[] } {
  const [first = "", second = ""] = args;
  if (first === "-s" || first === "-n") return { signal: numberOf(second), targets: args.slice(2) };
  if (first.startsWith("-") && first !== "--") return { signal: numberOf(first.slice(1)), targets: args.slice(1) };
  return { signal: 15, targets: first === "--" ? args.slice(1) : args };
}

function numberOf(spec: string): number | undefined {
  if (/^\d{1,2}$/.test(spec)) return Number(spec);
  return signals.get(spec.toUpperCase().replace(/^SIG/, ""));
}
