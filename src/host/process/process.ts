/**
 * `vulcan.process` (vulcan-api.md §10) over a {@link ProcessProvider}.
 * @module
 */
import type { HostCallContext, LuaReader, Prelude } from "../../lua/interface.ts";
import { noProcesses } from "../../process/none.ts";
import { stringArgument } from "../arguments.ts";
import type { HostServices } from "../services.ts";
import { processContext } from "./context.ts";
import source from "./process.lua?raw";
import { type ExecHost, type ExecRequest, tableRequest, textRequest } from "./request.ts";
import { sessionFunctions } from "./session.ts";

export function processPrelude(services: HostServices): Prelude {
  const provider = services.process ?? noProcesses;
  const exec = (read: (args: LuaReader, host: ExecHost) => ExecRequest) => ({
    waits: async (args: LuaReader, context: HostCallContext) => {
      const { defaultTextEncoding, os } = services;
      // Arguments are read before anything is waited for.
      const request = read(args, { defaultTextEncoding, os: os.os, shells: provider.knownLaunchers?.shells });
      const { runProgram } = await import("./run-program.ts");
      return runProgram(services, provider, request, processContext(services, context));
    },
  });
  return {
    name: "=vulcan.process",
    source,
    functions: {
      exec_text: exec(textRequest),
      exec: exec(tableRequest),
      launchers: {
        waits: async () => {
          const { default: name, shells } = await provider.launchers();
          return { default: name, shells: [...shells] };
        },
      },
      which: {
        waits: (args, context) => {
          const program = stringArgument(args, 1, "process.which", "program");
          return provider.which(program, services.workingDirectory.current, processContext(services, context));
        },
      },
      ...sessionFunctions(services, provider),
    },
  };
}
