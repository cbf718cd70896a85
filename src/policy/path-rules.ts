/**
 * What one skill may do with which path: the questions.
 * @module
 */

/** `branch`: a directory on the way to something visible; it shows itself and the visible part of its content. */
export type FileAccess = "none" | "branch" | "read" | "write";

export interface PathRules {
  access(path: string): FileAccess;
  /** Whether something the skill may not write lies below: a directory that must not be moved or removed as a whole. */
  holdsProtected(path: string): boolean;
  /** Whether a file must not stand there: a directory of several, or one on the way to it. */
  isDirectory(path: string): boolean;
  /** Whether it lies in a place of somebody: of a skill, of the host or of the engine. */
  isOwned(path: string): boolean;
  /** Whether what lies there is the skill's own or its host's, not what anybody may have put there. */
  isTrusted(path: string): boolean;
}
