import type { HostCallContext, LuaVm } from "../../lua/interface.ts";
import type { ProcessContext } from "../../process/interface.ts";
import type { HostServices } from "../services.ts";

export type ProcessServices = Pick<
  HostServices,
  "process" | "workingDirectory" | "env" | "vfs" | "subjectOf" | "whileAsked"
>;

/** For whom a program runs, and with which files. */
export function processContext(
  services: ProcessServices,
  { signal, vm }: Pick<HostCallContext, "signal" | "vm">,
): ProcessContext {
  return { signal, files: services.vfs, skillId: services.subjectOf?.(vm) ?? undefined };
}

/** A program that a callback of the host may run. */
export function whileRunning<T>(services: ProcessServices, vm: LuaVm, run: () => Promise<T>): Promise<T> {
  return services.whileAsked?.("runProgram", vm, run) ?? run();
}
