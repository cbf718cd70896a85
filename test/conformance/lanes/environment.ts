import type { Lane } from "../drive.ts";

/** An environment that is up: lanes can be opened in it. */
export interface Environment {
  /** How many lanes make sense at the same time. */
  readonly lanes: number;
  openLane(): Promise<Lane>;
  /** Names of the `vulcan.*` functions there, sorted. */
  surface(): Promise<readonly string[]>;
  /** The strategy the engine runs under, known once a lane was open. */
  waiting(): string;
  close(): Promise<void>;
}
