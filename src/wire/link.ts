import type { LuaSkillsError } from "../errors.ts";
import type { PagePort } from "./port.ts";
import type { EngineControl } from "./protocol.ts";

/** The thread of one engine and the way to it: what a supervisor starts, terminates and replaces. */
export interface EngineLink {
  readonly port: PagePort;
  readonly control: EngineControl;
  /** Resolves when the engine's code runs there. Rejects with `worker_unavailable`. */
  readonly ready: Promise<void>;
  /** Resolves when the engine is gone: with why it died, or with the reason it was terminated for. */
  readonly died: Promise<LuaSkillsError>;
  /** False when the engine shares our thread: nothing can stop it from outside. */
  readonly terminable: boolean;
  /** Idempotent. */
  terminate(reason: LuaSkillsError): void;
}
