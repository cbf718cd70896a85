/**
 * The process provider of an engine, chosen by its options. What is behind it is loaded when something is first run.
 * @module
 */
import type { HostCallbacks, ProcessOptions } from "../contract/contract.ts";
import { LuaSkillsError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { BridgeSocketClass } from "./bridge/connection.ts";
import type { BridgeLink } from "./bridge/link.ts";
import { guardedProcesses } from "./guarded.ts";
import type { ProcessProvider } from "./interface.ts";
import { lazyProvider } from "./lazy-provider.ts";
import { noProcesses } from "./none.ts";
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
  /** The way to the bridge; undefined with other providers. */
  readonly bridge: (() => Promise<BridgeLink>) | undefined;
  /** Idempotent. */
  close(): void;
}

/** @throws LuaSkillsError `invalid_argument` for options that make no sense */
export function openProcesses(parts: ProcessParts): Processes {
  const { options, platform, callbacks, limits } = parts;
  const kind = kindOf(options, callbacks.runProgram);
  let shell: Promise<EmbeddedShell> | undefined;
  const openShell = () => {
    if (!platform.loadShell) {
      throw new LuaSkillsError(
        "capability_unavailable",
        'there is no embedded shell here; give the runtime one: import { shell } from "luaskills-wasm/shell"',
      );
    }
    const network = options?.kind === "shell" ? options.network : undefined;
    const { machine, temp } = parts;
    shell ??= platform.loadShell({
      machine,
      temp,
      maxOutputBytes: limits.processOutputBytes,
      ...(network && network.length > 0
        ? { network: { allowed: network, limits, ...(callbacks.fetch ? { fetch: callbacks.fetch } : {}) } }
        : {}),
    });
    return shell;
  };
  let bridge: ReturnType<typeof connect> | undefined;
  const connect = async () => {
    if (options?.kind !== "bridge") {
      throw new LuaSkillsError("capability_unavailable", "this runtime has no native bridge (option process)");
    }
    return (await import("./bridge/bridge-provider.ts")).openBridge(options, platform.socket);
  };
  const openBridge = () => {
    bridge ??= connect();
    return bridge;
  };
  const provider = (): ProcessProvider => {
    if (kind === "shell") return lazyProvider(kind, openShell, { default: "sh", shells: ["sh", "bash"] });
    if (kind === "bridge") return lazyProvider(kind, async () => (await openBridge()).processes);
    const { runProgram } = callbacks;
    if (kind === "host" && runProgram) {
      return lazyProvider(kind, async () => (await import("./host-provider.ts")).hostProcesses(runProgram, limits));
    }
    return noProcesses;
  };
  const chosen = provider();
  return {
    provider: kind === "none" ? chosen : guardedProcesses(chosen, parts.allow),
    shell: async () => openShell(),
    bridge: kind === "bridge" ? async () => (await openBridge()).link : undefined,
    close: () => {
      chosen.close();
      void shell?.then((each) => each.close()).catch(() => {});
      void bridge?.then(({ link }) => link.close()).catch(() => {});
    },
  };
}

function kindOf(options: ProcessOptions | undefined, runProgram: unknown): ProcessProvider["kind"] {
  if (options === undefined) return runProgram ? "host" : "none";
  if (options.kind === "none" || options.kind === "shell") return options.kind;
  if (options.kind === "bridge") {
    if (typeof options.url === "string" && typeof options.token === "string") return "bridge";
    throw new LuaSkillsError("invalid_argument", 'process: { kind: "bridge" } needs url and token, both texts');
  }
  throw new LuaSkillsError(
    "invalid_argument",
    `process must be { kind: "none" | "shell" | "bridge", … }, got ${JSON.stringify(options)}`,
  );
}
