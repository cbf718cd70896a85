/**
 * What the policy of an engine works with.
 * @module
 */
import type { DecisionEvent, HostCallbacks, LogEvent, SkillRoot } from "../../contract/contract.ts";
import type { Vfs } from "../../vfs/interface.ts";
import type { EnginePlatform } from "../interface.ts";
import type { EngineSettings } from "../settings.ts";
import type { Granted } from "./granted.ts";

export interface EnginePolicyOptions {
  readonly granted: Granted | undefined;
  readonly vfs: Vfs;
  readonly ruled?: EnginePlatform["ruled"];
  readonly settings: EngineSettings;
  readonly configFile: () => string | undefined;
  readonly roots: () => readonly SkillRoot[];
  readonly isSkill: (id: string) => boolean;
  readonly decide: HostCallbacks["decide"];
  readonly now: () => number;
  readonly log: (event: LogEvent) => void;
  report(event: DecisionEvent): void;
}

/** Whose code it is: a skill's id, null for code without one. */
export type Subject = string | null;
