/**
 * What the vulcan.* namespaces need from the engine. One object per engine, shared by all its VMs.
 * @module
 */
import type { CallProgress, HostCallbacks, LogEvent } from "../contract/contract.ts";
import type { DatabaseAccess } from "../databases/access.ts";
import type { Clock, LuaVm } from "../lua/interface.ts";
import type { FetchAnswer, FetchRequest } from "../net/interface.ts";
import type { Outlet } from "../net/outlet.ts";
import type { BridgeLink } from "../process/bridge/link.ts";
import type { ProcessProvider } from "../process/interface.ts";
import type { Vfs } from "../vfs/interface.ts";
import type { BundledModules } from "./stdlib/bundled.ts";

export interface HostServices {
  readonly vfs: Vfs;
  readonly clock: Clock;
  /** The current directory of what runs (vulcan-api.md §1.5, §8.6); absolute. */
  readonly workingDirectory: { readonly current: string };
  readonly env: Readonly<Record<string, string>>;
  readonly os: { readonly os: string; readonly arch: string };
  /** Label of vulcan-api.md §7.2. */
  readonly defaultTextEncoding: string;
  readonly directories: {
    readonly temp: string | undefined;
    readonly resources: string | undefined;
    readonly luaPackages: string | undefined;
    readonly ffi: string | undefined;
  };
  /** Where temporary files of the code that runs are; undefined: in the directory for all. */
  temporaryFolder?(): string | undefined;
  /** Whether `require` may run a file below the current directory: not what just anybody may have put there. Default yes. */
  isTrustedCode?(path: string): boolean;
  readonly cache: { readonly maxEntries: number; readonly defaultTtlSecs: number; readonly maxTtlSecs: number };
  readonly capabilities: { readonly skillManagementBridge: boolean; readonly managedIoCompat: boolean };
  readonly callbacks: HostCallbacks;
  /** Waits for what this callback of the host, or `decide`, may answer, without the VM's slot: it may call the runtime again. */
  whileAsked?<T>(name: keyof HostCallbacks, vm: LuaVm, work: () => Promise<T>): Promise<T>;
  readonly config: SkillConfigAccess;
  readonly databases: { readonly sqlite?: DatabaseAccess; readonly lancedb?: DatabaseAccess };
  /** Modules of this package for `require`; absent: none. */
  readonly bundled?: BundledModules;
  /** What vulcan.process (and vulcan.io.popen) runs programs with; absent: process/none.ts. */
  readonly process?: ProcessProvider;
  /** By which way modules and programs of this engine reach the network. */
  readonly outlet?: Outlet;
  /** Addresses that Lua code itself may reach (`socket.http`, `lcurl`); absent: none. */
  readonly network?: LuaNetwork;
  /** Whose code a VM runs: the id of its skill, null for code of none (host/run.ts). */
  subjectOf?(vm: LuaVm): string | null;
  /** LuaJIT's `ffi`; absent: `require("ffi")` finds nothing. */
  readonly ffi?: { readonly bridge?: () => Promise<BridgeLink> };
  /** Labels of the loaded root chain, in order (vulcan.runtime.skills.layers). */
  rootLabels(): readonly string[];
  /**
   * `vm`: the VM whose run said it, so that the event reaches the stream of that call and counts as its output.
   * @throws LuaRaise when that run has used up its output
   */
  log(event: LogEvent, vm?: LuaVm): void;
  /** What the run of a VM has done so far; goes the way of its log. @throws LuaRaise likewise */
  progress(event: CallProgress, vm: LuaVm): void;
}

export interface LuaNetwork {
  /** `vm`: whose skill's grants count. @throws LuaSkillsError `permission_denied`, and as `policedFetch` */
  request(vm: LuaVm, request: LuaNetworkRequest): Promise<FetchAnswer>;
}

export interface LuaNetworkRequest extends FetchRequest {
  readonly url: string;
  /** For the whole request. */
  readonly timeoutMs?: number;
}

/** The persisted per-skill configuration (engine.md §6); implemented by skills/config/store.ts. Throws Error with the exact texts. */
export interface SkillConfigAccess {
  get(skillId: string, key: string): string | undefined;
  set(skillId: string, key: string, value: string): void;
  delete(skillId: string, key: string): boolean;
  list(skillId: string): Readonly<Record<string, string>>;
}
