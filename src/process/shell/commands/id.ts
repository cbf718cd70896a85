import { answer, type ShellCommand } from "./command.ts";

const usage = "id: usage: id [-u | -g | -G] [-n] [-r]\n";

/** The only user of a shell, who is also the only group. */
export function idCommand(number: number): ShellCommand {
  return {
    name: "id",
    execute: async (args, { env }) => {
      const name = env.get("USER") || "user";
      const letters = args.join("").replaceAll("-", "");
      if (args.some((arg) => !/^-[ugGnr]+$/.test(arg)) || /[ugG].*[ugG]/.test(letters)) {
        return answer({ stderr: usage, exitCode: 1 });
      }
      if (letters === "")
        return answer({ stdout: `uid=${number}(${name}) gid=${number}(${name}) groups=${number}(${name})\n` });
      if (!/[ugG]/.test(letters)) {
        return answer({ stderr: "id: cannot print only names or real IDs in default format\n", exitCode: 1 });
      }
      return answer({ stdout: `${letters.includes("n") ? name : number}\n` });
    },
  };
}
