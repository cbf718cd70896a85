/**
 * The process provider of an engine, chosen by its options. Everything behind the choice is loaded when something is first
 * run (open-processes.ts).
 * @module
 */
import type { HostCallbacks, ProcessOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { BridgeSocketClass } from "./bridge/connection.ts";
import type { BridgeLink } from "./bridge/link.ts";
import type { Launchers, ProcessKind, ProcessProvider } from "./interface.ts";
import { noProcesses } from "./none.ts";
import type { OpenProcesses } from "./open-processes.ts";
import type { AllowProcess } from "./policy.ts";
import type { EmbeddedShell, ShellParts } from "./shell/embedded-shell.ts";

/** What a platform brings for them. */
export interface ProcessPlatform {
  /** Absent where no shell was given (a Cloudflare Worker that has not imported it). */
  readonly loadShell?: (parts: ShellParts) => Promise<EmbeddedShell>;
  /** What a bridge is reached with. Default: the platform's own WebSocket. */
  readonly socket?: () => BridgeSocketClass | Promise<BridgeSocketClass>;
}

/** What `luaskills-wasm/shell` exports as `shell`. */
export interface EmbeddedShellModule {
  readonly load: NonNullable<ProcessPlatform["loadShell"]>;
}

export interface ProcessParts {
  readonly options: ProcessOptions | undefined;
  readonly platform: ProcessPlatform;
  readonly callbacks: Pick<HostCallbacks, "runProgram" | "fetch">;
  readonly machine: ShellParts["machine"];
  readonly temp: string | undefined;
  readonly limits: Pick<Limits, "processOutputBytes" | "downloadBytes">;
  readonly allow: AllowProcess;
}

export interface Processes {
  readonly provider: ProcessProvider;
  /** The embedded shell, for the page's own commands. @throws LuaSkillsError `capability_unavailable` */
  shell(): Promise<EmbeddedShell>;
  /** The way to the bridge. @throws LuaSkillsError `capability_unavailable` with other providers */
  bridge(): Promise<BridgeLink>;
  /** Idempotent. */
  close(): void;
}

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

const shellLaunchers: Launchers = { default: "sh", shells: ["sh", "bash"] };

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
    launchers: () => (kind === "shell" ? shellLaunchers : ready().then((provider) => provider.launchers())),
    which: async (program, cwd, context) => (await ready()).which(program, cwd, context),
    open: async (spec, context) => (await ready()).open(spec, context),
    close: () => {},
  };
}
