/**
 * The two pools of an engine: VMs for skills and host code, and VMs for luaexec. A load replaces both.
 * @module
 */
import type { Clock } from "../../lua/interface.ts";
import type { EngineSettings } from "../settings.ts";
import type { LiveRegistry } from "../skills/live-registry.ts";
import { SkillVms } from "./skill-vms.ts";
import type { VmBook } from "./vm-book.ts";

export interface VmPoolsOptions {
  readonly settings: EngineSettings;
  readonly clock: Clock;
  readonly book: VmBook;
  readonly live: LiveRegistry;
}

export class VmPools {
  #main: SkillVms;
  #luaexec: SkillVms;

  constructor(private readonly options: VmPoolsOptions) {
    this.#main = this.#make("main");
    this.#luaexec = this.#make("luaexec");
  }

  get main(): SkillVms {
    return this.#main;
  }

  get luaexec(): SkillVms {
    return this.#luaexec;
  }

  /** Empty pools over what is live now. VMs of before end: idle ones at once, busy ones when they are given back. */
  renew(): void {
    const [main, luaexec] = [this.#main, this.#luaexec];
    this.#main = this.#make("main");
    this.#luaexec = this.#make("luaexec");
    if (this.options.settings.isolated) this.#main.giveSpare(main.takeSpare());
    main.retire();
    luaexec.retire();
  }

  /** Ends the VMs; busy ones end when they are given back, and nobody waits any longer. */
  close(): void {
    this.#main.close();
    this.#luaexec.close();
  }

  #make(kind: "main" | "luaexec"): SkillVms {
    const { settings, ...parts } = this.options;
    const sizes = kind === "main" ? settings.pool : settings.hostOptions.runluaPool;
    return new SkillVms({ ...parts, isolated: settings.isolated, kind, sizes });
  }
}
