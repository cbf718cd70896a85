/**
 * What `vulcan.process` runs programs with (vulcan-api.md §10): nothing, an embedded shell, the native bridge, or a callback
 * of the host. Providers deal in bytes and outcomes; texts, encodings and Lua shapes are host/process/process.ts.
 * @module
 */
import type { Vfs } from "../vfs/interface.ts";

export interface ProcessCommand {
  /** A command line for a shell, or a program with its arguments. `shell` undefined: the provider's default. */
  readonly run:
    | { readonly kind: "shell"; readonly shell?: string; readonly command: string }
    | { readonly kind: "program"; readonly program: string; readonly args: readonly string[] };
  /** Absolute, in the virtual filesystem. */
  readonly cwd: string;
  /** Added to the inherited environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Empty when undefined. */
  readonly stdin?: Uint8Array;
  /** Milliseconds; undefined waits forever. */
  readonly timeoutMs?: number;
}

/** Who runs it, and until when. */
export interface ProcessContext {
  readonly signal: AbortSignal;
  /** The files as the caller may see them. */
  readonly files: Vfs;
  /** The skill whose code asks; undefined for code that belongs to none. */
  readonly skillId: string | undefined;
}

/** `failed`: nothing ran, `reason` is a `<os>` text (§1.6) or why processes do not exist here. */
export type ProcessOutcome =
  | { readonly kind: "failed"; readonly stage: "spawn" | "wait"; readonly reason: string }
  | {
      readonly kind: "finished";
      /** Null when a signal ended it. */
      readonly code: number | null;
      readonly stdout: Uint8Array;
      readonly stderr: Uint8Array;
      readonly timedOut: boolean;
    };

export interface ProcessSessionSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The environment it inherits. */
  readonly env: Readonly<Record<string, string>>;
  /** Bytes kept per stream; the oldest are dropped. */
  readonly bufferLimitBytes: number;
}

export interface ProcessSessionStatus {
  readonly running: boolean;
  readonly exited: boolean;
  /** Null while running or unknown. */
  readonly success: boolean | null;
  readonly code: number | null;
}

export interface SessionRead {
  readonly timeoutMs: number;
  /** Of each stream. */
  readonly maxBytes: number;
  /** Encoded in the session's output encoding. */
  readonly untilBytes?: Uint8Array;
}

export interface SessionBytes {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly timedOut: boolean;
}

/** Methods throw Error with the `<os>` text. */
export interface ProcessSession {
  /** False once stdin is closed. */
  readonly writable: boolean;
  write(bytes: Uint8Array): void | Promise<void>;
  /** Drains at most `maxBytes` of each stream; waits as vulcan-api.md §10.3 says. */
  read(options: SessionRead): Promise<SessionBytes>;
  status(): ProcessSessionStatus | Promise<ProcessSessionStatus>;
  /** Closes stdin, waits, then kills the whole tree. */
  close(timeoutMs: number): Promise<ProcessSessionStatus>;
  kill(): void | Promise<void>;
}

/** Default first. Names of vulcan-api.md §10.1. */
export interface Launchers {
  readonly default: string;
  readonly shells: readonly string[];
}

export type ProcessKind = "none" | "shell" | "bridge" | "host";

export interface ProcessProvider {
  readonly kind: ProcessKind;
  run(command: ProcessCommand, context: ProcessContext): Promise<ProcessOutcome> | ProcessOutcome;
  /** Where they are known without asking. */
  readonly knownLaunchers?: Launchers;
  launchers(): Launchers | Promise<Launchers>;
  /** The path of an executable, or undefined. */
  which(program: string, cwd: string, context: ProcessContext): string | undefined | Promise<string | undefined>;
  /** @throws Error with the `<os>` text */
  open(spec: ProcessSessionSpec, context: ProcessContext): Promise<ProcessSession> | ProcessSession;
  /** Ends what runs. Idempotent. */
  close(): void;
}
