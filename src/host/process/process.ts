/**
 * `vulcan.process` (vulcan-api.md §10) over a {@link ProcessProvider}.
 * @module
 */
import type { HostCallContext, LuaReader, Prelude } from "../../lua/interface.ts";
import { noProcesses } from "../../process/none.ts";
import { stringArgument } from "../arguments.ts";
import type { HostServices } from "../services.ts";
import { processContext, whileRunning } from "./context.ts";
import source from "./process.lua?raw";
import type { KeptArguments } from "./request.ts";
import { sessionFunctions } from "./session.ts";

/** The arguments as they are now: what reads them has to be fetched first. */
function keptArguments(args: LuaReader): KeptArguments {
  const all = Array.from({ length: args.count }, (_, i) => {
    const text = args.text(i + 1);
    // The inline rendering of a text is that text: a long one is not read twice.
    const inline = text ?? args.inline(i + 1);
    return { type: args.type(i + 1), text, inline, number: args.number(i + 1), boolean: args.boolean(i + 1) };
  });
  return {
    count: args.count,
    type: (index) => all[index - 1]?.type ?? "nil",
    text: (index) => all[index - 1]?.text,
    inline: (index) => all[index - 1]?.inline ?? "nil",
    number: (index) => all[index - 1]?.number ?? Number.NaN,
    boolean: (index) => all[index - 1]?.boolean ?? false,
  };
}

export function processPrelude(services: HostServices): Prelude {
  const provider = services.process ?? noProcesses;
  const exec = {
    waits: async (args: LuaReader, context: HostCallContext) => {
      const given = keptArguments(args);
      const { runProgram } = await import("./run-program.ts");
      const run = () => runProgram(services, provider, given, processContext(services, context));
      return whileRunning(services, context.vm, run);
    },
  };
  return {
    name: "=vulcan.process",
    source,
    functions: {
      exec,
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
