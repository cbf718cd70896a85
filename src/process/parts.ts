/**
 * What processes are made of, and what an engine has of them.
 * @module
 */
import type { HostCallbacks, ProcessOptions } from "../contract/contract.ts";
import type { Limits } from "../limits.ts";
import type { Outlet } from "../net/outlet.ts";
import type { OpenBridge } from "./bridge/bridge-provider.ts";
import type { BridgeSocketClass } from "./bridge/connection.ts";
import type { BridgeLink } from "./bridge/link.ts";
import type { ProcessProvider } from "./interface.ts";
import type { AllowProcess } from "./policy.ts";
import type { Shell, ShellParts } from "./shell/interface.ts";

/** What a platform brings for them. */
export interface ProcessPlatform {
  /** Absent where no shell was given (a Cloudflare Worker that has not imported it). */
  readonly loadShell?: (parts: ShellParts) => Promise<Shell>;
  /** What a bridge is reached with. Default: the platform's own WebSocket. */
  readonly socket?: () => BridgeSocketClass | Promise<BridgeSocketClass>;
  /** The bridge, where it is open already: directories of it are mounted. */
  readonly bridge?: OpenBridge;
}

/** What `luaskills-wasm/shell` exports as `shell`. */
export interface EmbeddedShellModule {
  readonly load: NonNullable<ProcessPlatform["loadShell"]>;
}

export interface ProcessParts {
  readonly options: ProcessOptions | undefined;
  readonly platform: ProcessPlatform;
  readonly callbacks: Pick<HostCallbacks, "runProgram">;
  readonly outlet: Outlet;
  readonly machine: ShellParts["machine"];
  readonly temp: string | undefined;
  readonly limits: Pick<Limits, "processOutputBytes" | "downloadBytes">;
  readonly allow: AllowProcess;
}

export interface Processes {
  readonly provider: ProcessProvider;
  /** The embedded shell, for the page's own commands. @throws LuaSkillsError `capability_unavailable` */
  shell(): Promise<Shell>;
  /** Whether programs of that name can be run. */
  has(program: string): Promise<boolean>;
  /** The way to the bridge. @throws LuaSkillsError `capability_unavailable` with other providers */
  bridge(): Promise<BridgeLink>;
  /** Idempotent. */
  close(): void;
}
