/**
 * Every start of a program asks here first.
 * @module
 */

/** A program that is about to be started. */
export interface ProcessRequest {
  /** Whose code asks; undefined for code that belongs to no skill. */
  readonly skillId: string | undefined;
  /** A shell's command line, or a program. */
  readonly command?: string;
  readonly program?: string;
  readonly args?: readonly string[];
  readonly cwd: string;
  /** Of the run that asks. */
  readonly signal: AbortSignal;
}

/**
 * Returns for "yes".
 * @throws LuaSkillsError `permission_denied`: the program is not started, and the skill reads the message
 */
export type AllowProcess = (request: ProcessRequest) => void | Promise<void>;
