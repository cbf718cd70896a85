/**
 * A shell command run to its end, for `vulcan.io.popen` and the global `io.popen`.
 * @module
 */
import type { ProcessOutcome } from "../../process/interface.ts";
import { noProcesses } from "../../process/none.ts";
import type { HostServices } from "../services.ts";

export type ShellServices = Pick<HostServices, "process" | "workingDirectory">;

/** Standard input is empty. `timeoutMs` undefined waits forever. */
export async function runShellCommand(
  services: ShellServices,
  command: string,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<ProcessOutcome> {
  const provider = services.process ?? noProcesses;
  return provider.run(
    {
      run: { kind: "shell", shell: provider.launchers().default, command },
      cwd: services.workingDirectory.current,
      env: {},
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    { signal },
  );
}
