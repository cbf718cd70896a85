import { answer, type ShellCommand } from "./command.ts";

/** Pipes hold what a command wrote until it is over, so this one is over some time. */
const mostCharacters = 2 ** 20;
/** As a program that is ended because nobody reads on. */
const brokenPipe = 141;

export const yesCommand: ShellCommand = {
  name: "yes",
  execute: async (args) => {
    const line = `${args.length > 0 ? args.join(" ") : "y"}\n`;
    return answer({ stdout: line.repeat(Math.max(1, Math.floor(mostCharacters / line.length))), exitCode: brokenPipe });
  },
};
