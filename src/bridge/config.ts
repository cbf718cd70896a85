/**
 * What a bridge allows. The file has a JSON Schema (config-schema.ts); without file and flags everything is denied.
 * @module
 */
import { LuaSkillsError } from "../errors.ts";

export interface ProgramRule {
  /** What skills call it: a name without `/`. */
  readonly name: string;
  /** The file that runs. Default: the first on the bridge's own PATH. */
  readonly path?: string;
  /** Every argument must match one of these regular expressions as a whole. Default: any argument. */
  readonly arguments?: readonly string[];
  /**
   * "roots" (default): an argument that leads to an existing place outside `roots` is refused; "any": it is not looked at.
   * Code in an argument (`sh -c`) can reach whatever the user can, in either case.
   */
  readonly paths?: "roots" | "any";
}

/** An interpreter that skills may run code of their own with (`vulcan.runtime.node`, `.python`). */
export interface RuntimeRule {
  /** The interpreter. Default: the bridge's own Node.js, the first `python3` on PATH. */
  readonly path?: string;
  /** pnpm or uv. Default: the first on PATH. */
  readonly packageManager?: string;
}

export interface MountRule {
  /** It, and what lies in it. */
  readonly path: string;
  readonly access: "read-only" | "read-write";
}

export interface BridgeLimits {
  /** Programs and sessions at a time, for all connections. Default 64. */
  readonly processes: number;
  /** Runtimes at a time. Default 16. */
  readonly connections: number;
  /** Bytes of standard output and error of one program. Default 64 MiB. */
  readonly outputBytes: number;
  /** Milliseconds a program may run; 0 = no limit. Default 600,000. */
  readonly runMs: number;
  /** Bytes of one message of a runtime. Default 64 MiB. */
  readonly messageBytes: number;
  /** Bytes of files of one mirror or mount. Default 256 MiB. */
  readonly mirrorBytes: number;
}

export interface BridgeConfig {
  /** Default 127.0.0.1. */
  readonly host: string;
  /** Default 7333; 0 lets the system choose. */
  readonly port: number;
  /** Names by which the bridge may be called besides those of the loopback, each with its port: `bridge.example:443`. */
  readonly hosts: readonly string[];
  /** Exact origins of pages that may pair and connect. */
  readonly origins: readonly string[];
  /** Whether programs that are no page (Node, Deno) may pair: they name no origin. */
  readonly native: boolean;
  readonly programs: readonly ProgramRule[];
  /** Directories of tools, `<name>/<version>/<platform>/…`: their executable files are programs by their names, as if listed. */
  readonly toolRoots: readonly string[];
  /** Real directories that programs may use. */
  readonly roots: readonly string[];
  /** Real directories that runtimes may have in their own tree. */
  readonly mounts: readonly MountRule[];
  readonly environment: {
    /** Variables of the bridge's own environment that programs get. */
    readonly inherit: readonly string[];
    /** Variables a runtime may set; a `*` at the end stands for any rest. Names that change which code runs need naming exactly. */
    readonly accept: readonly string[];
  };
  /** Shared libraries `ffi.load` may open, by the name skills use; the value is the file, or null for the system's search. */
  readonly libraries: Readonly<Record<string, string | null>>;
  readonly runtimes: { readonly node?: RuntimeRule; readonly python?: RuntimeRule };
  /** Where native databases of skills are kept. Default: there are none. */
  readonly databases?: string;
  /** Where packages of skills for these are installed. Default: `~/.cache/luaskills-wasm/environments`. */
  readonly environments?: string;
  readonly limits: BridgeLimits;
}

const defaultBridgeConfig: BridgeConfig = {
  host: "127.0.0.1",
  port: 7333,
  hosts: [],
  origins: [],
  native: false,
  programs: [],
  toolRoots: [],
  roots: [],
  mounts: [],
  environment: {
    inherit: ["PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SystemRoot", "ComSpec", "PATHEXT"],
    accept: ["*"],
  },
  libraries: {},
  runtimes: {},
  limits: {
    processes: 64,
    connections: 16,
    outputBytes: 64 * 2 ** 20,
    runMs: 600_000,
    messageBytes: 64 * 2 ** 20,
    mirrorBytes: 256 * 2 ** 20,
  },
};

/** What the configuration file and the flags say: every member may be left out. */
export type PartialBridgeConfig = Partial<Omit<BridgeConfig, "environment" | "limits">> & {
  readonly environment?: Partial<BridgeConfig["environment"]>;
  readonly limits?: Partial<BridgeLimits>;
};

/** Fills in what is left out. @throws LuaSkillsError `invalid_argument` naming the member */
export function bridgeConfig(given: PartialBridgeConfig = {}): BridgeConfig {
  const { environment, limits, ...rest } = given;
  const config: BridgeConfig = {
    ...defaultBridgeConfig,
    ...rest,
    environment: { ...defaultBridgeConfig.environment, ...environment },
    limits: { ...defaultBridgeConfig.limits, ...limits },
  };
  for (const origin of config.origins) checkOrigin(origin);
  for (const rule of config.programs) checkProgram(rule);
  return config;
}

/** Milliseconds something of a skill may run, who wants `wanted` of them; undefined: for ever. */
export function runTimeout({ runMs }: BridgeLimits, wanted?: number): number | undefined {
  return runMs === 0 ? wanted : Math.min(wanted ?? runMs, runMs);
}

function checkOrigin(origin: string): void {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url?.origin === origin && origin !== "null") return;
  throw wrong(`the origin ${JSON.stringify(origin)} is not an exact origin; write it as http://localhost:5173`);
}

function checkProgram(rule: ProgramRule): void {
  if (rule.name === "" || /[/\\\0]/.test(rule.name)) {
    throw wrong(`the program ${JSON.stringify(rule.name)} must be a plain name; give its file as "path"`);
  }
  for (const pattern of rule.arguments ?? []) {
    try {
      new RegExp(pattern, "u");
    } catch {
      throw wrong(`the argument pattern ${JSON.stringify(pattern)} of ${rule.name} is not a regular expression`);
    }
  }
}

function wrong(message: string): LuaSkillsError {
  return new LuaSkillsError("invalid_argument", message);
}
