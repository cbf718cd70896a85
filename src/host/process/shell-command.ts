/**
 * A shell command run to its end, for `vulcan.io.popen` and the globals `io.popen` and `os.execute`.
 * @module
 */
import type { HostCallContext } from "../../lua/interface.ts";
import type { ProcessOutcome } from "../../process/interface.ts";
import { noProcesses } from "../../process/none.ts";
import { type ProcessServices, processContext, whileRunning } from "./context.ts";

/** Standard input is empty. `timeoutMs` undefined waits forever. */
export async function runShellCommand(
  services: ProcessServices,
  command: string,
  timeoutMs: number | undefined,
  context: HostCallContext,
): Promise<ProcessOutcome> {
  const provider = services.process ?? noProcesses;
  const asked = {
    run: { kind: "shell", command } as const,
    cwd: services.workingDirectory.current,
    env: services.env,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  return whileRunning(services, context.vm, async () => provider.run(asked, processContext(services, context)));
}
