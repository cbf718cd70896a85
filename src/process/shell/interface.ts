/**
 * The embedded shell as others see it. Types of the package behind it stay inside: nobody who installs ours has them.
 * @module
 */
import type { NetworkPolicy } from "../../net/fetch.ts";
import type { Outlet } from "../../net/outlet.ts";
import type { ProcessCommand, ProcessContext, ProcessOutcome, ProcessProvider } from "../interface.ts";

/** What the machine is said to be; `vulcan.os.info()` says the same. */
export interface Machine {
  readonly os: string;
  readonly arch: string;
}

/** What `curl` may reach, and by what way. */
export interface ShellNetwork {
  readonly allowed: readonly string[];
  readonly limits: NetworkPolicy["limits"];
  readonly outlet: Outlet;
}

export interface ShellParts {
  readonly machine: Machine;
  /** Of both streams of a run together. */
  readonly maxOutputBytes: number;
  /** Default TMPDIR. */
  readonly temp: string | undefined;
  /** `curl`; absent, there is no network and no such command. */
  readonly network?: ShellNetwork;
}

/** A command of one run, and who hears what it writes while it runs. */
export interface ShellRun extends ProcessCommand {
  readonly onOutput?: (stream: "stdout" | "stderr", bytes: Uint8Array) => void;
}

/** An outcome that says where the shell stood. */
export type ShellOutcome =
  | Extract<ProcessOutcome, { kind: "failed" }>
  | (Extract<ProcessOutcome, { kind: "finished" }> & { readonly cwd: string });

export interface Shell extends ProcessProvider {
  /** Names of the programs it has. */
  readonly programs: readonly string[];
  /** As `run`, and says where the shell stood at its end. */
  runHere(command: ShellRun, context: ProcessContext): Promise<ShellOutcome>;
}
