import { messageOf } from "../base/message-of.ts";
import type { ProcessContext, ProcessProvider } from "./interface.ts";
import type { AllowProcess, ProcessRequest } from "./policy.ts";

/** A provider whose every start of a program asks first. A refusal reads as a program that could not be started. */
export function guardedProcesses(provider: ProcessProvider, allow: AllowProcess): ProcessProvider {
  const refusal = async (request: Omit<ProcessRequest, "skillId" | "signal">, { skillId, signal }: ProcessContext) => {
    try {
      await allow({ ...request, skillId, signal });
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  };
  return {
    kind: provider.kind,
    launchers: () => provider.launchers(),
    which: (program, cwd, context) => provider.which(program, cwd, context),
    close: () => provider.close(),
    run: async (command, context) => {
      const { run, cwd } = command;
      const asked = run.kind === "shell" ? { command: run.command } : { program: run.program, args: run.args };
      const reason = await refusal({ ...asked, cwd }, context);
      return reason === undefined ? provider.run(command, context) : { kind: "failed", stage: "spawn", reason };
    },
    open: async (spec, context) => {
      const { program, args, cwd } = spec;
      const reason = await refusal({ program, args, cwd }, context);
      if (reason !== undefined) throw new Error(reason);
      return provider.open(spec, context);
    },
  };
}
