/**
 * The process provider of an engine, chosen by its options. Everything behind the choice is loaded when something is first
 * run (open-processes.ts).
 * @module
 */
import { LuaSkillsError } from "../errors.ts";
import type { ProcessKind, ProcessProvider } from "./interface.ts";
import { shellLaunchers } from "./launchers.ts";
import { noProcesses } from "./none.ts";
import type { OpenProcesses } from "./open-processes.ts";
import type { Processes, ProcessParts } from "./parts.ts";

/** @throws LuaSkillsError `invalid_argument` for options that make no sense */
export function openProcesses(parts: ProcessParts): Processes {
  const kind = kindOf(parts);
  let opened: Promise<OpenProcesses> | undefined;
  const open = () => {
    opened ??= import("./open-processes.ts").then((module) => new module.OpenProcesses(kind, parts));
    return opened;
  };
  return {
    provider: kind === "none" ? noProcesses : lazyProvider(kind, async () => (await open()).provider()),
    shell: async () => (await open()).shell(),
    has: async (program) => (await open()).has(program),
    bridge: async () => (await open()).bridge(),
    close: () => void opened?.then((processes) => processes.close()),
  };
}

function kindOf({ options, callbacks }: ProcessParts): ProcessKind {
  if (options === undefined) return callbacks.runProgram ? "host" : "none";
  const { kind } = options;
  if (kind === "none" || kind === "shell" || kind === "bridge") return kind;
  const given = JSON.stringify(options);
  throw new LuaSkillsError(
    "invalid_argument",
    `process must be { kind: "none" | "shell" | "bridge", … }, got ${given}`,
  );
}

/** A provider that is loaded when something is first asked of it. One that cannot be loaded says why to whoever asks. */
function lazyProvider(kind: ProcessKind, ready: () => Promise<ProcessProvider>): ProcessProvider {
  return {
    kind,
    run: async (command, context) => {
      let provider: ProcessProvider;
      try {
        provider = await ready();
      } catch (error) {
        return { kind: "failed", stage: "spawn", reason: (error as Error).message };
      }
      return provider.run(command, context);
    },
    ...(kind === "shell" ? { knownLaunchers: shellLaunchers } : {}),
    launchers: () => ready().then((provider) => provider.launchers()),
    which: async (program, cwd, context) => (await ready()).which(program, cwd, context),
    open: async (spec, context) => (await ready()).open(spec, context),
    close: () => {},
  };
}
