/**
 * What runs the programs of skills, and what the page may run itself (spec vulcan-api.md §10).
 * @module
 */

export type ProcessOptions =
  /** Nothing runs. */
  | { readonly kind: "none" }
  /** The embedded shell over the runtime's files: sh, rg, grep, sed, awk, jq, tar, … with nothing installed. */
  | {
      readonly kind: "shell";
      /** URL prefixes its `curl` may reach. Default none: there is no `curl`. */
      readonly network?: readonly string[];
    }
  /** Programs of a machine, through `luaskills-wasm bridge`. */
  | {
      readonly kind: "bridge";
      /** Where it listens, `http://127.0.0.1:7333`. */
      readonly url: string;
      /** From `pairBridge`. */
      readonly token: string;
      /** Directories of the virtual filesystem that programs find as files: copied for a run, and what they change comes back. */
      readonly mirror?: readonly string[];
      /**
       * Real directories of the bridge's machine in the runtime's tree: `{ "/project": { directory: "/home/me/project" } }`.
       * The bridge has to allow each (`--mount`, `--mount-rw`). They are read when the runtime starts.
       */
      readonly mount?: Readonly<Record<string, BridgeMount>>;
    };

/** A real directory of the bridge's machine. */
export interface BridgeMount {
  readonly directory: string;
  /** Default "read-only". With "read-write" what skills write is in the directory when their call ends. */
  readonly access?: "read-only" | "read-write";
  /** Names of files and directories that are left out, at any depth: `[".git", "node_modules"]`. */
  readonly exclude?: readonly string[];
}

/** What a bridge is and allows, as `bridgeStatus` tells it. */
export interface BridgeStatus {
  readonly version: string;
  readonly os: string;
  readonly arch: string;
  /** By the names skills use; only what is allowed and there. */
  readonly programs: readonly string[];
  readonly shells: readonly string[];
  readonly libraries: readonly string[];
  readonly mounts: ReadonlyArray<{ readonly path: string; readonly access: "read-only" | "read-write" }>;
  /** Ends the connection. Idempotent. */
  close(): void;
}

export interface BridgeStatusOptions {
  /** One line of JSON for everything the bridge does and refuses for this page. */
  readonly onLog?: (line: string) => void;
  readonly onLost?: () => void;
}

/** A program to run, as the host's `runProgram` is asked for it. */
export interface ProgramRequest {
  /** A shell's command line; or a program with arguments. */
  readonly command?: string;
  readonly program?: string;
  readonly args?: readonly string[];
  /** Absolute, in the virtual filesystem. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Empty when left out. */
  readonly stdin?: Uint8Array;
  /** Milliseconds it may take; the callback need not watch the time. */
  readonly timeoutMs?: number;
  /** Whose code asks; null for code that belongs to no skill. */
  readonly skillId: string | null;
}

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout?: string | Uint8Array;
  readonly stderr?: string | Uint8Array;
}

export interface ShellOptions {
  readonly signal?: AbortSignal;
  /** Where it starts. Default: the runtime's current directory. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Milliseconds; default `limits.callTimeoutMs`. 0: no limit. */
  readonly timeoutMs?: number;
}

export interface ShellResult {
  /** Null when it was ended by a signal or by its time. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Where the shell stood at its end: the `cwd` of a terminal's next line. */
  readonly cwd: string;
}
